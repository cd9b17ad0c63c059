/** What an adapter uses to read one case of a vector file and to say what is wrong with our answer to it. */
import { isDeepStrictEqual } from 'node:util';
import { keyPairFromSeed, publicKeyToX25519, secretKeyToX25519 } from '../../src/crypto/ed25519.ts';
import { CryptoError, ProtocolError } from '../../src/errors.ts';
import { type AccountKeys, deriveAccount } from '../../src/protocol/account.ts';
import { accountIdFromPublicKey } from '../../src/protocol/ids.ts';
import { equalBytes, fromHex, toHex } from '../../src/util/bytes.ts';

/** The case did not pass; the message says why. */
export class CaseFailure extends Error {}

/** Fields that describe a case and state nothing to be checked. */
const commentary: ReadonlySet<string> = new Set(['name', 'kind', 'note', 'reference_error']);

/**
 * One case, or an object within one. It remembers which fields were read: those that nobody looked at fail the
 * case, so that no stated value goes unchecked.
 */
export class VectorCase {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #unread: Set<string>;
  readonly #where: string;

  constructor(value: unknown, where = '') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new CaseFailure(`${where || 'the case'} is not an object`);
    }
    this.#fields = { ...value };
    this.#unread = new Set(Object.keys(this.#fields).filter((key) => !commentary.has(key)));
    this.#where = where;
  }

  /** The fields that were neither read nor ignored. */
  get unread(): readonly string[] {
    return [...this.#unread];
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#fields, key);
  }

  /** A field as it stands; undefined if there is none. */
  raw(key: string): unknown {
    this.#unread.delete(key);
    return this.#fields[key];
  }

  /** Counts a field as read; `why` is for the reader of the adapter. */
  ignore(key: string, _why: string): void {
    this.#unread.delete(key);
  }

  text(key: string): string {
    const value = this.raw(key);
    return typeof value === 'string' ? value : this.#wrong(key, 'a string');
  }

  /** The `kind` of the case, or '' where its file has none. */
  get kind(): string {
    return this.has('kind') ? this.text('kind') : '';
  }

  number(key: string): number {
    const value = this.raw(key);
    return typeof value === 'number' ? value : this.#wrong(key, 'a number');
  }

  boolean(key: string): boolean {
    const value = this.raw(key);
    return typeof value === 'boolean' ? value : this.#wrong(key, 'true or false');
  }

  /** A field of lower-case hex. */
  bytes(key: string): Uint8Array {
    return fromHex(this.text(key)) ?? this.#wrong(key, 'hex');
  }

  list(key: string): readonly unknown[] {
    const value = this.raw(key);
    return Array.isArray(value) ? value : this.#wrong(key, 'a list');
  }

  /** An object inside; the reader of the inner fields is responsible for `unread` of them. */
  object(key: string): VectorCase {
    return new VectorCase(this.raw(key), this.#path(key));
  }

  #path(key: string): string {
    return this.#where === '' ? key : `${this.#where}.${key}`;
  }

  #wrong(key: string, wanted: string): never {
    throw new CaseFailure(`${this.#path(key)} is not ${wanted}`);
  }
}

/** Passes if both are deeply equal. Bytes are compared with bytes, or with the hex of the file. */
export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const ours = actual instanceof Uint8Array ? toHex(actual) : actual;
  const theirs = expected instanceof Uint8Array ? toHex(expected) : expected;
  if (isDeepStrictEqual(ours, theirs)) return;
  throw new CaseFailure(`${what} is ${brief(ours)}, not ${brief(theirs)}`);
}

export function expectTrue(actual: boolean, what: string): void {
  if (!actual) throw new CaseFailure(what);
}

/** Passes if `work` refuses its input with a typed error; anything else thrown is a crash, not a refusal. */
export function expectRefused(work: () => unknown, what = 'it'): void {
  try {
    work();
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof CryptoError) return;
    throw error;
  }
  throw new CaseFailure(`${what} was accepted`);
}

/**
 * The keys of an account given by its 32-byte Ed25519 seed. Those of people end in 16 zero bytes; others have
 * no recovery phrase and are put together here.
 */
export function accountOfSeed(seed32: Uint8Array): AccountKeys {
  const keys = deriveAccount(seed32.slice(0, 16));
  if (equalBytes(keys.seed32, seed32)) return keys;
  const { publicKey, secretKey } = keyPairFromSeed(seed32);
  const x25519PublicKey = publicKeyToX25519(publicKey);
  return {
    seed16: seed32.slice(0, 16),
    seed32,
    ed25519PublicKey: publicKey,
    ed25519SecretKey: secretKey,
    x25519PublicKey,
    x25519SecretKey: secretKeyToX25519(secretKey),
    accountId: accountIdFromPublicKey(x25519PublicKey),
  };
}

function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value, jsonBigint) ?? String(value));
  return text.length <= 80 ? text : `${text.slice(0, 80)}… (${text.length} characters)`;
}

function jsonBigint(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value;
}
