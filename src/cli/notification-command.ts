/**
 * The program of the person's own that shows a notification (setting `notification-command`). Started without a shell,
 * with what is said as arguments, nothing of the terminal, and nothing of what this program's environment holds of itself.
 */
import { spawn } from 'node:child_process';
import type { NotificationCommand } from '../ui/index.ts';
import { splitCommand } from '../util/command-line.ts';

/** A program that takes longer is ended: it only has to hand the words on. */
const longestMs = 10_000;

/** One program at a time: while one runs, the next notification is left out. */
export function notificationCommand(env: Readonly<Record<string, string | undefined>>): NotificationCommand {
  let isRunning = false;
  return async (command, { title, body }) => {
    const words = splitCommand(command);
    if (words === null || isRunning) return null;
    isRunning = true;
    try {
      const [program, ...args] = words;
      // One pass: what a message says is not looked at for places to fill in.
      const fill = (text: string) =>
        text.replace(/\{title\}|\{body\}/g, (place) => (place === '{title}' ? title : body));
      return await runBounded(program, args.map(fill), ownless(env));
    } finally {
      isRunning = false;
    }
  };
}

async function runBounded(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  try {
    const child = spawn(program, args, { stdio: 'ignore', env, timeout: longestMs, killSignal: 'SIGKILL' });
    // It must not keep this program from ending.
    child.unref();
    child.on('error', () =>
      resolve('The program of the setting notification-command could not be started. Is its name right?'),
    );
    child.on('exit', () => resolve(null));
  } catch {
    // An argument with a NUL, or more of them than the system takes.
    resolve('The program of the setting notification-command could not be started.');
  }
  return promise;
}

function ownless(env: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('SESSION_TUI_')));
}
