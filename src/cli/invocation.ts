/** What a parsed command line asks for, before anything heavy is loaded. */

export type CommandName =
  | 'chat'
  | 'account create'
  | 'account restore'
  | 'account show'
  | 'account phrase'
  | 'profile list'
  | 'profile remove'
  | 'lock-password set'
  | 'lock-password change'
  | 'lock-password remove'
  | 'backup export'
  | 'backup import'
  | 'send'
  | 'receive'
  | 'conversations'
  | 'messages'
  | 'read'
  | 'delete'
  | 'react'
  | 'contact list'
  | 'contact add'
  | 'contact rename'
  | 'contact pin'
  | 'contact unpin'
  | 'contact timer'
  | 'contact mute'
  | 'contact unmute'
  | 'contact hide'
  | 'contact show'
  | 'contact accept'
  | 'contact decline'
  | 'contact block'
  | 'contact unblock'
  | 'contact remove'
  | 'settings list'
  | 'settings get'
  | 'settings set'
  | 'network status'
  | 'network path'
  | 'network refresh'
  | 'devnet'
  | 'doctor'
  | 'schema';

export type Invocation = Readonly<{
  command: CommandName;
  args: readonly string[];
  options: Options;
}>;

/** Option values as commander gives them, global ones included; read through these functions only. */
export type Options = Readonly<Record<string, unknown>>;

export function textOption(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** True only for an option that was given (or `true` by default, as the negatable ones are). */
export function flagOption(options: Options, name: string): boolean {
  return options[name] === true;
}
