/**
 * Protobuf bytes <-> messages, stricter than the library underneath: it takes wire types as they come, lets a
 * nested message run past its end, and knows no required fields when it reads. Here a malformed structure, a
 * known field with a foreign wire type, or a required field that is missing at any depth fails the whole
 * message, as in the reference (protocol notes, messages, section 4). Unknown fields and unknown enum values
 * are kept and written again.
 */
import {
  type DescMessage,
  fromBinary,
  isFieldSet,
  type Message,
  type MessageShape,
  ScalarType,
  toBinary,
} from '@bufbuild/protobuf';
import { messageOf, ProtocolError } from '../errors.ts';

/** A message's bytes at most. Far above what a swarm stores (76 800), so that decompressed ones fit too. */
export const maxMessageBytes = 1024 * 1024;
/** Field records at most, at all depths together; the largest honest message (a receipt) has some thousands. */
export const maxMessageRecords = 20_000;
const maxGroupDepth = 32;

const wireVarint = 0;
const wireBit64 = 1;
const wireLengthDelimited = 2;
const wireStartGroup = 3;
const wireEndGroup = 4;
const wireBit32 = 5;

type FieldShape = Readonly<{ wireType: number; packable: boolean; child: DescMessage | null }>;
type Shape = ReadonlyMap<number, FieldShape>;

const shapes = new WeakMap<DescMessage, Shape>();

function scalarWireType(scalar: ScalarType): number {
  switch (scalar) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return wireLengthDelimited;
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return wireBit64;
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return wireBit32;
    default:
      return wireVarint;
  }
}

/** What the wire may hold for each field number; computed once a message type. */
function shapeOf(desc: DescMessage): Shape {
  const known = shapes.get(desc);
  if (known !== undefined) return known;
  const shape = new Map<number, FieldShape>();
  shapes.set(desc, shape);
  for (const field of desc.fields) {
    const wireType =
      field.message !== undefined
        ? wireLengthDelimited
        : field.scalar !== undefined
          ? scalarWireType(field.scalar)
          : wireVarint;
    const packable = field.fieldKind === 'list' && wireType === wireVarint;
    shape.set(field.number, { wireType, packable, child: field.message ?? null });
  }
  return shape;
}

/** Walks the records of one encoded message, nested ones included, and throws at the first flaw. */
class StructureCheck {
  readonly #bytes: Uint8Array;
  #at = 0;
  #records = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  message(desc: DescMessage, end: number): void {
    const shape = shapeOf(desc);
    while (this.#at < end) {
      const tag = this.#tag(end);
      const field = shape.get(tag >>> 3);
      if (field === undefined) this.#skip(tag, end, 0);
      else this.#field(field, tag & 7, end);
    }
  }

  #field(field: FieldShape, wireType: number, end: number): void {
    if (field.packable && wireType === wireLengthDelimited) {
      const packedEnd = this.#length(end);
      while (this.#at < packedEnd) {
        this.#count();
        this.#varint(packedEnd);
      }
      return;
    }
    if (wireType !== field.wireType) this.#fail('a field has the wrong wire type');
    if (field.child === null) this.#value(wireType, end);
    else this.message(field.child, this.#length(end));
  }

  #value(wireType: number, end: number): void {
    if (wireType === wireVarint) this.#varint(end);
    else if (wireType === wireBit64) this.#advance(8, end);
    else if (wireType === wireBit32) this.#advance(4, end);
    else if (wireType === wireLengthDelimited) this.#at = this.#length(end);
    else this.#fail('there is no such wire type');
  }

  #skip(tag: number, end: number, depth: number): void {
    if ((tag & 7) !== wireStartGroup) {
      this.#value(tag & 7, end);
      return;
    }
    if (depth >= maxGroupDepth) throw new ProtocolError('too-large', 'The message is nested too deeply');
    for (;;) {
      const inner = this.#tag(end);
      if ((inner & 7) === wireEndGroup) {
        if (inner >>> 3 !== tag >>> 3) this.#fail('a group ends with another number');
        return;
      }
      this.#skip(inner, end, depth + 1);
    }
  }

  #count(): void {
    this.#records++;
    if (this.#records > maxMessageRecords) {
      throw new ProtocolError('too-large', 'The message has too many fields');
    }
  }

  #tag(end: number): number {
    this.#count();
    const start = this.#at;
    const tag = this.#varint(end);
    if (this.#at - start > 5 || tag >= 2 ** 32 || tag < 8) this.#fail('a field number is out of range');
    return tag;
  }

  /** The end of a length-delimited value, which must lie within what encloses it. */
  #length(end: number): number {
    const length = this.#varint(end);
    const valueEnd = this.#at + length;
    if (valueEnd > end) this.#fail('a length reaches beyond the end');
    return valueEnd;
  }

  #advance(count: number, end: number): void {
    this.#at += count;
    if (this.#at > end) this.#fail('it ends early');
  }

  /** The value as a double: exact for what is used (tags, lengths), rounded for large 64-bit integers. */
  #varint(end: number): number {
    let value = 0;
    let scale = 1;
    for (let length = 1; length <= 10; length++) {
      if (this.#at >= end) this.#fail('it ends early');
      const byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    return this.#fail('an integer is longer than 64 bits');
  }

  #fail(what: string): never {
    throw new ProtocolError('malformed', `The message is not valid protobuf: ${what}`, {
      fields: { at: this.#at },
    });
  }
}

/** The path of the first required field that `message` or anything inside it lacks, or null. */
function missingField(desc: DescMessage, message: Message): string | null {
  for (const field of desc.fields) {
    const set = isFieldSet(message, field);
    // 3 is LEGACY_REQUIRED; the library exports the name only from its descriptor of descriptors.
    if (field.presence === 3 && !set) return field.name;
    if (!set || field.message === undefined) continue;
    const value: unknown = Reflect.get(message, field.localName);
    const children: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const [index, child] of children.entries()) {
      const inner = missingField(field.message, child as Message); // the descriptor says that it is one
      if (inner !== null) return `${field.name}${Array.isArray(value) ? `[${index}]` : ''}.${inner}`;
    }
  }
  return null;
}

/**
 * Decodes `bytes` as a message of type `schema`. Byte fields are views of `bytes`, not copies.
 * ProtocolError `malformed` (not protobuf, or a required field is missing) or `too-large`.
 */
export function decodeMessage<Desc extends DescMessage>(schema: Desc, bytes: Uint8Array): MessageShape<Desc> {
  if (bytes.length > maxMessageBytes) throw new ProtocolError('too-large', 'The message is too large');
  new StructureCheck(bytes).message(schema, bytes.length);
  let message: MessageShape<Desc>;
  try {
    message = fromBinary(schema, bytes);
  } catch (cause) {
    throw new ProtocolError('malformed', `The message is not valid protobuf: ${messageOf(cause)}`, { cause });
  }
  const missing = missingField(schema, message);
  if (missing !== null) throw new ProtocolError('malformed', `missing required field: ${missing}`);
  return message;
}

/**
 * The bytes of a message: fields in the order of their numbers, then those it was read with but does not know.
 * ProtocolError `malformed` when a required field is missing.
 */
export function encodeMessage<Desc extends DescMessage>(
  schema: Desc,
  message: MessageShape<Desc>,
): Uint8Array {
  try {
    return toBinary(schema, message);
  } catch (cause) {
    throw new ProtocolError('malformed', `The message can't be encoded: ${messageOf(cause)}`, { cause });
  }
}
