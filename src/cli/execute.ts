/** Runs one command: settings, streams, signals, the command's own file, and the error report at the end. */

import { UsageError } from '../errors.ts';
import type { Context, Modules } from './context.ts';
import { listenForInterrupts } from './interrupt.ts';
import type { CommandName, Invocation } from './invocation.ts';
import type { CliIo } from './io.ts';
import { Printer } from './output/printer.ts';
import { reportError } from './output/report.ts';
import { PasswordSource } from './password.ts';
import { createPlatform } from './platform.ts';
import { readSettings } from './settings.ts';
import { StdinReader } from './stdin.ts';

/** What a command file exports: gives the exit code, throws typed errors. */
export type RunCommand = (context: Context, invocation: Invocation) => Promise<number>;

const commands: Readonly<Record<CommandName, () => Promise<{ run: RunCommand }>>> = {
  chat: () => import('./commands/chat.ts'),
  'account create': () => import('./commands/account-create.ts'),
  'account restore': () => import('./commands/account-restore.ts'),
  'account show': () => import('./commands/account-show.ts'),
  'account phrase': () => import('./commands/account-phrase.ts'),
  'profile list': () => import('./commands/profile-list.ts'),
  'profile remove': () => import('./commands/profile-remove.ts'),
  'lock-password set': () => import('./commands/lock-password-set.ts'),
  'lock-password change': () => import('./commands/lock-password-change.ts'),
  'lock-password remove': () => import('./commands/lock-password-remove.ts'),
  'backup export': () => import('./commands/backup-export.ts'),
  'backup import': () => import('./commands/backup-import.ts'),
  send: () => import('./commands/send.ts'),
  receive: () => import('./commands/receive.ts'),
  conversations: () => import('./commands/conversations.ts'),
  messages: () => import('./commands/messages.ts'),
  read: () => import('./commands/read.ts'),
  delete: () => import('./commands/delete.ts'),
  react: () => import('./commands/react.ts'),
  'contact list': () => import('./commands/contact-list.ts'),
  'contact add': () => import('./commands/contact-add.ts'),
  'contact rename': () => import('./commands/contact-change.ts'),
  'contact pin': () => import('./commands/contact-change.ts'),
  'contact unpin': () => import('./commands/contact-change.ts'),
  'contact timer': () => import('./commands/contact-timer.ts'),
  'contact mute': () => import('./commands/contact-change.ts'),
  'contact unmute': () => import('./commands/contact-change.ts'),
  'contact hide': () => import('./commands/contact-change.ts'),
  'contact show': () => import('./commands/contact-show.ts'),
  'contact accept': () => import('./commands/contact-decide.ts'),
  'contact decline': () => import('./commands/contact-decide.ts'),
  'contact block': () => import('./commands/contact-decide.ts'),
  'contact unblock': () => import('./commands/contact-decide.ts'),
  'contact remove': () => import('./commands/contact-decide.ts'),
  'settings list': () => import('./commands/settings-list.ts'),
  'settings get': () => import('./commands/settings-get.ts'),
  'settings set': () => import('./commands/settings-set.ts'),
  'network status': () => import('./commands/network-status.ts'),
  'network path': () => import('./commands/network-path.ts'),
  'network refresh': () => import('./commands/network-refresh.ts'),
  devnet: () => import('./commands/devnet.ts'),
  doctor: () => import('./commands/doctor.ts'),
  schema: () => import('./commands/schema.ts'),
};

const realModules: Modules = {
  core: () => import('../core/index.ts'),
  ui: () => import('../ui/index.ts'),
  devnet: () => import('../devnet/index.ts'),
};

export async function execute(
  invocation: Invocation,
  io: CliIo,
  replaced: Partial<Modules> = {},
): Promise<number> {
  const json = invocation.options.json === true;
  // The chat UI handles signals itself: it has a terminal to restore.
  const ownsScreen = invocation.command === 'chat';
  const interrupts = ownsScreen ? null : listenForInterrupts();
  const stopCatching = ownsScreen ? null : reportUncaught(io, json);
  const signal = interrupts?.signal ?? new AbortController().signal;
  try {
    const chatOption = ['demo', 'linear'].find((option) => invocation.options[option] === true);
    if (chatOption !== undefined && invocation.command !== 'chat') {
      throw new UsageError(
        'usage',
        `--${chatOption} is for the chat UI and goes with no command. See session-tui --help.`,
      );
    }
    const settings = readSettings(invocation.options, io.env);
    const stdin = new StdinReader(io.stdin, settings.passwordFile === '-', signal);
    const context: Context = {
      io,
      settings,
      modules: { ...realModules, ...replaced },
      platform: createPlatform(settings, ownsScreen ? null : (line) => io.stderr.write(line)),
      printer: new Printer(io, settings.json),
      stdin,
      password: await PasswordSource.open(io, settings.passwordFile, stdin, signal),
      signal,
    };
    const { run } = await commands[invocation.command]();
    return await run(context, invocation);
  } catch (error) {
    return await reportError(io, json, error);
  } finally {
    interrupts?.stop();
    stopCatching?.();
  }
}

/** An error that nobody awaited is a bug: one line instead of a stack trace. The next start takes the lock over. */
function reportUncaught(io: CliIo, json: boolean): () => void {
  const onError = (error: unknown): void => {
    void reportError(io, json, error).then((code) => process.exit(code));
  };
  process.on('uncaughtException', onError);
  return () => process.off('uncaughtException', onError);
}
