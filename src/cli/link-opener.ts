/** Starts what opens links: the program that a setting or the desktop names, by its arguments, never by a shell. */
import { spawn } from 'node:child_process';
import type { LinkOpener } from '../ui/index.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** `platform`: as `process.platform`. */
export function linkOpener(env: Env, platform: string): LinkOpener {
  return { automatic: automaticOpener(env, platform), run: (command) => start(command, environment(env)) };
}

/** Over SSH a desktop would be another machine's, if there is one at all: the person is not in front of it. */
export function automaticOpener(env: Env, platform: string): string | null {
  const isSet = (name: string) => (env[name] ?? '') !== '';
  if (['SSH_CONNECTION', 'SSH_CLIENT', 'SSH_TTY'].some(isSet)) return null;
  if (platform === 'darwin') return 'open';
  return isSet('DISPLAY') || isSet('WAYLAND_DISPLAY') ? 'xdg-open' : null;
}

/** Without what is meant for this program alone. */
function environment(env: Env): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env))
    if (value !== undefined && !name.startsWith('SESSION_TUI_')) kept[name] = value;
  return kept;
}

async function start(
  [program, ...args]: readonly [string, ...string[]],
  env: Record<string, string>,
): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  try {
    const child = spawn(program, args, { env, stdio: 'ignore', detached: true });
    child.on('spawn', () => resolve(null));
    child.on('error', () => resolve(`${program} could not be started; the link was not opened.`));
    // The browser may stay when this program ends, and must not keep it from ending.
    child.unref();
  } catch {
    resolve(`${program} could not be started; the link was not opened.`);
  }
  return promise;
}
