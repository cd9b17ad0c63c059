/**
 * JSON as the storage server and its daemon write and read it: object keys in order, no spaces, 64-bit integers whole,
 * and a difference between `1` and `1.0` that JSON.parse forgets.
 */

/** A value to be written; bigints are written as integers. */
export type Json = string | number | bigint | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = Readonly<{ [key: string]: Json | undefined }>;

/** Text of `value`: keys in the order of their code units, members that are undefined left out. */
export function dumpJson(value: Json): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(dumpJson).join(',')}]`;
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${dumpJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

/** Array.isArray does not narrow readonly arrays. */
function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** A number that was written with a fraction or an exponent: no integer for a strict reader, whatever its value. */
export class JsonFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
  toJSON(): number {
    return this.value;
  }
}

/** A number token with fraction or exponent; base64 text can't hold what may stand before one. */
const floatToken = /[:,[]\s*-?\d+(?:\.\d|[eE])/;

/** The value of JSON text, with `JsonFloat` for numbers written as floats; undefined for anything but JSON. */
export function parseJson(text: string): unknown {
  try {
    return floatToken.test(text) ? JSON.parse(text, markFloat) : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** JSON.parse hands the source of primitive values to its reviver (since V8 11.4), which the library types lack. */
function markFloat(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' && /[.eE]/.test(context?.source ?? '') ? new JsonFloat(value) : value;
}

/** A JSON object, or null for any other value. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof JsonFloat)
    return null;
  // neither null, array nor primitive: an object of string keys
  return value as Readonly<Record<string, unknown>>;
}
