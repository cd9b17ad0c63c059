/** All profiles of one data folder: making, opening, backing up and removing them. */
import type { PasswordChange } from '../../store/index.ts';
import type { Backup, ReadOptions } from '../backup/open.ts';
import type { Session } from './session.ts';

export type ProfileState =
  /** no account of this name */
  | 'none'
  /** a password opens it */
  | 'password'
  /** made without a password */
  | 'no-password';

export type NewAccount = Readonly<{
  profile: string;
  /** display name, 1 to 100 UTF-8 bytes after trimming; may be empty (others then see "Anonymous") */
  name: string;
  /** null: no password, the data key lies in keys.json */
  password: string | null;
}>;

/** A profile that is to be backed up; whoever has it closes the session. */
export type BackupExport = Readonly<{
  session: Session;
  /** the bytes of a backup under `password`, a piece at a time */
  write(
    password: string,
    options?: Readonly<{ onProgress?: (done: number, total: number) => void }>,
  ): AsyncIterable<Uint8Array>;
}>;

/** All profiles of one data folder, on one network. Built by `createMessenger` of core/index.ts. */
export interface Messenger {
  profileState(profile: string): Promise<ProfileState>;
  listProfiles(): Promise<readonly string[]>;
  /** UsageError `account-exists`; StoreError `locked`. Contacts nobody. The session returned is open. */
  createAccount(request: NewAccount): Promise<Session>;
  /** ProtocolError `phrase-…` for a bad phrase, else as `createAccount` */
  restoreAccount(request: NewAccount & Readonly<{ phrase: string }>): Promise<Session>;
  /**
   * NotFoundError `no-account`, then StoreError `locked`, then `password-needed` (password is null but needed)
   * or `wrong-password`, then `damaged`.
   * `typed`: a person typed it, and waits longer after each wrong one (at most 30 s; `signal` ends that).
   */
  openSession(
    profile: string,
    password: string | null,
    typed?: Readonly<{ signal?: AbortSignal }>,
  ): Promise<Session>;
  /**
   * As `openSession`, for what need not have the profile alone: where a process that stays holds it, the session is
   * served by that process, and no password is asked for. One that is busy for a moment is waited for. StoreError
   * `locked` if it goes on without serving; `password-needed` with `fields.heldLocked` if the holder is locked.
   */
  shareSession(
    profile: string,
    password: string | null,
    signal: AbortSignal,
    typed?: Readonly<{ signal?: AbortSignal }>,
  ): Promise<Session>;
  /**
   * Sets, changes or removes the password of a profile that nobody holds; `newPassword` is asked for once `password`
   * is found right. NotFoundError `no-account`; StoreError `locked`; UsageError `has-password` or `no-password` where
   * the change does not fit; StoreError `password-needed`, `wrong-password`, `write-failed`.
   */
  changePassword(
    profile: string,
    change: PasswordChange,
    password: string | null,
    newPassword: () => Promise<string>,
  ): Promise<void>;
  /**
   * As `shareSession`, for a backup: the profile's password is needed even where another process serves it, because a
   * backup holds the account. StoreError `password-needed`, `wrong-password`.
   */
  openForBackup(
    profile: string,
    password: string | null,
    signal: AbortSignal,
    typed?: Readonly<{ signal?: AbortSignal }>,
  ): Promise<BackupExport>;
  /** A new profile with the account and all of a backup; as `createAccount`. What fails leaves no profile. */
  createFromBackup(
    request: Omit<NewAccount, 'name'> & Readonly<{ backup: Backup }> & ReadOptions,
  ): Promise<Session>;
  /** keys first, then the rest; StoreError `locked` while a process holds it */
  removeProfile(profile: string): Promise<void>;
}
