/** Reads one parameter of a request as strictly as the storage server, and complains in its words (network.md 4.1). */
import { fromBase64 } from '../../util/bytes.ts';

/** A parameter is wrong: the text follows "invalid request: " in the answer. */
export class ParameterError extends Error {}

export type Params = Readonly<Record<string, unknown>>;

/** The value, or undefined when it is absent or null. */
function valueAt(params: Params, name: string): unknown {
  const value = Object.hasOwn(params, name) ? params[name] : undefined;
  return value === null ? undefined : value;
}

function wrongType(name: string, expected: string): ParameterError {
  return new ParameterError(`Invalid value given for '${name}': expected ${expected}`);
}

function isInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value);
}

function isUnsigned(value: unknown): value is number {
  return isInteger(value) && value >= 0;
}

export function stringAt(params: Params, name: string): string | undefined {
  const value = valueAt(params, name);
  if (value === undefined || typeof value === 'string') return value;
  throw wrongType(name, 'string');
}

export function booleanAt(params: Params, name: string): boolean | undefined {
  const value = valueAt(params, name);
  if (value === undefined || typeof value === 'boolean') return value;
  throw wrongType(name, 'boolean');
}

export function integerAt(params: Params, name: string): number | undefined {
  const value = valueAt(params, name);
  if (value === undefined || isInteger(value)) return value;
  throw wrongType(name, 'integer');
}

/** An integer, or the same as text, as old clients send `ttl` and `timestamp` of a store. */
export function integerOrTextAt(params: Params, name: string, unsigned: boolean): number | undefined {
  const value = valueAt(params, name);
  if (typeof value === 'string') {
    if (!(unsigned ? /^\d{1,18}$/ : /^-?\d{1,18}$/).test(value))
      throw new ParameterError(`Invalid value given for '${name}': ${JSON.stringify(value)}`);
    return Number(value);
  }
  if (value === undefined) return undefined;
  if (isInteger(value) && (!unsigned || value >= 0)) return value;
  throw wrongType(name, unsigned ? 'positive integer' : 'integer');
}

/** ms since 1970. What is below 10^9 was meant in seconds. */
export function timestampAt(params: Params, name: string): number | undefined {
  const value = valueAt(params, name);
  if (value === undefined) return undefined;
  if (!isUnsigned(value)) throw wrongType(name, 'integer timestamp (in milliseconds)');
  if (value < 1_000_000_000)
    throw new ParameterError(`Invalid timestamp for '${name}': timestamp must be in milliseconds`);
  return value;
}

/** One or several; not judged any further. */
export function timestampsAt(params: Params, name: string): number[] | undefined {
  const value = valueAt(params, name);
  if (value === undefined) return undefined;
  if (isUnsigned(value)) return [value];
  if (Array.isArray(value) && value.every(isUnsigned)) return value;
  throw wrongType(name, 'timestamp array');
}

/** One or several. */
export function stringsAt(params: Params, name: string): string[] | undefined {
  const value = valueAt(params, name);
  if (value === undefined) return undefined;
  if (typeof value === 'string') return [value];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw wrongType(name, 'string array');
}

/** One or several. */
export function integersAt(params: Params, name: string): number[] | undefined {
  const value = valueAt(params, name);
  if (value === undefined) return undefined;
  if (isInteger(value)) return [value];
  if (Array.isArray(value) && value.every(isInteger)) return value;
  throw wrongType(name, 'integer array');
}

export function namespaceAt(params: Params, name: string): number | undefined {
  const value = valueAt(params, name);
  if (value === undefined) return undefined;
  if (!isInteger(value)) throw wrongType(name, '16-bit integer');
  return inNamespaceRange(value, name);
}

/** `'all'` where a request may mean every namespace. */
export function namespaceOrAllAt(params: Params, name: string): number | 'all' | undefined {
  const value = valueAt(params, name);
  if (value === undefined) return undefined;
  if (value === 'all') return 'all';
  if (!isInteger(value)) throw wrongType(name, 'integer or "all"');
  return inNamespaceRange(value, name);
}

function inNamespaceRange(value: number, name: string): number {
  if (value >= -32768 && value <= 32767) return value;
  throw new ParameterError(`Invalid value given for '${name}': value out of range`);
}

export function required<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new ParameterError(`Required field '${name}' missing`);
  return value;
}

export function notBoth(a: unknown, nameA: string, b: unknown, nameB: string): void {
  if (a !== undefined && b !== undefined)
    throw new ParameterError(`Cannot specify both '${nameA}' and '${nameB}'`);
}

/** 64 bytes of a signature in base64 of 86 or 88 characters, or null. */
export function signatureBytes(text: string): Uint8Array | null {
  if (text.length !== 86 && !(text.length === 88 && text.endsWith('=='))) return null;
  const bytes = fromBase64(text);
  return bytes?.length === 64 ? bytes : null;
}
