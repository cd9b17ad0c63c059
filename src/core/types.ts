/**
 * What a front end sees of the messenger: immutable views, commands, typed events. The UI and the command
 * line program against this file; `core/index.ts` exports it together with the functions that open a session.
 *
 * Text marked "foreign" was written by somebody else and must pass `text/sanitize` before a terminal sees it.
 * Times are ms since 1970 UTC.
 */
export type { PasswordChange } from '../store/index.ts';
export type { LookAlike } from '../text/look-alike.ts';
export type { ImportResult } from './backup/import.ts';
export type { Backup, ReadOptions } from './backup/open.ts';
export * from './types/conversation.ts';
export * from './types/message.ts';
export * from './types/messenger.ts';
export * from './types/network.ts';
export * from './types/session.ts';
export * from './types/setting.ts';
export * from './types/state.ts';
