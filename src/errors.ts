/**
 * The errors of the whole program: one root, few families, stable kebab-case codes.
 * Messages are for a person: what happened and what to do; they never hold keys, IDs or message text.
 */

export type ErrorFields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export type ErrorOptions = Readonly<{ cause?: unknown; fields?: ErrorFields }>;

/** Root of every error this program raises on purpose. `code` is stable; scripts match it, not the message. */
export class SessionTuiError extends Error {
  readonly code: string;
  readonly fields: ErrorFields;

  constructor(code: string, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.fields = options.fields ?? {};
  }
}

/** The person asked for something that can't be asked for that way. */
export class UsageError extends SessionTuiError {
  override readonly name = 'UsageError';
}

/** Decryption, signature or key trouble. Codes: `decrypt-failed`, `bad-signature`, `bad-key`. */
export class CryptoError extends SessionTuiError {
  override readonly name = 'CryptoError';
}

/** Bytes from outside that are not what the protocol says. Codes: `malformed`, `unsupported`, `too-large`, … */
export class ProtocolError extends SessionTuiError {
  override readonly name = 'ProtocolError';
}

export type NetworkErrorCode =
  /** the proxy refused, failed, or could not be reached */
  | 'proxy'
  /** no seed node gave a usable node list */
  | 'seed'
  /** an onion path failed (`fields.hop`, `fields.node` where known) */
  | 'path'
  /** the destination or a server answered with a status that is not success (`fields.status`) */
  | 'node'
  | 'wrong-swarm'
  | 'clock-skew'
  | 'timeout'
  /** the local network is down: nothing may be held against any node */
  | 'offline'
  /** a request that no retry can mend (client bug, refused content) */
  | 'refused';

export class NetworkError extends SessionTuiError {
  override readonly name = 'NetworkError';
  declare readonly code: NetworkErrorCode;

  constructor(code: NetworkErrorCode, message: string, options: ErrorOptions = {}) {
    super(code, message, options);
  }
}

export type StoreErrorCode =
  /** another process holds the profile */
  | 'locked'
  /** a file failed authentication or is missing (`fields.file`) */
  | 'damaged'
  /** wrong password */
  | 'wrong-password'
  /** a password is needed and none was given */
  | 'password-needed'
  /** the disk refused a write (`fields.errno`) */
  | 'write-failed'
  /** made by a newer version of this program */
  | 'too-new';

export class StoreError extends SessionTuiError {
  override readonly name = 'StoreError';
  declare readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options: ErrorOptions = {}) {
    super(code, message, options);
  }
}

/** No such account, contact, conversation or message. Codes: `no-account`, `no-conversation`, `no-message`, … */
export class NotFoundError extends SessionTuiError {
  override readonly name = 'NotFoundError';
}

/** The message of an unknown thrown value, for a `cause` line or a log. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
