/** Protobuf messages <-> the `fields` objects of the vector files, by reflection over the descriptors. */
import {
  create,
  type DescEnum,
  type DescField,
  type DescMessage,
  isFieldSet,
  type Message,
  type MessageShape,
  ScalarType,
} from '@bufbuild/protobuf';
import * as session from '../../src/protocol/proto/session_pb.js';
import * as webSocket from '../../src/protocol/proto/web-socket_pb.js';
import { fromHex, toHex } from '../../src/util/bytes.ts';
import { CaseFailure, VectorCase } from './case.ts';

/** The descriptor of a message type that a vector file names. */
export function schemaNamed(type: string): DescMessage {
  const all = [...session.file_session.messages, ...webSocket.file_web_socket.messages];
  const found = all.find((desc) => desc.name === type);
  if (found === undefined) throw new CaseFailure(`there is no message type ${type}`);
  return found;
}

function scalarFrom(scalar: ScalarType, value: unknown): unknown {
  switch (scalar) {
    case ScalarType.UINT64:
    case ScalarType.INT64:
    case ScalarType.FIXED64:
      if (typeof value === 'number' || typeof value === 'string') return BigInt(value);
      throw new CaseFailure(`${String(value)} is not an integer`);
    case ScalarType.BYTES: {
      const bytes = fromHex(new VectorCase(value, 'a byte field').text('hex'));
      if (bytes === null) throw new CaseFailure('a byte field is not hex');
      return bytes;
    }
    default:
      return value;
  }
}

function enumFrom(desc: DescEnum, value: unknown): number {
  const found = desc.values.find((candidate) => candidate.name === value);
  if (found === undefined) throw new CaseFailure(`${desc.name} has no value ${String(value)}`);
  return found.number;
}

function valueFrom(field: DescField, value: unknown): unknown {
  if (field.message !== undefined) return messageFrom(field.message, value);
  if (field.enum !== undefined) return enumFrom(field.enum, value);
  return scalarFrom(field.scalar ?? ScalarType.STRING, value);
}

/** The message with exactly these fields; a field that we do not have is a failure. */
export function messageFrom<Desc extends DescMessage>(desc: Desc, fields: unknown): MessageShape<Desc> {
  const message = create(desc);
  const source = new VectorCase(fields, desc.name);
  for (const field of desc.fields) {
    if (!source.has(field.name)) continue;
    const value =
      field.fieldKind === 'list'
        ? source.list(field.name).map((item) => valueFrom(field, item))
        : valueFrom(field, source.raw(field.name));
    Reflect.set(message, field.localName, value);
    // `kind` and `name` are commentary in a case, but fields like any other here.
    source.ignore(field.name, 'read above');
  }
  if (source.unread.length > 0)
    throw new CaseFailure(`${desc.name} has no field ${source.unread.join(', ')}`);
  return message;
}

function valueTo(field: DescField, value: unknown): unknown {
  if (field.message !== undefined) return fieldsOf(field.message, value as Message); // as the descriptor says
  if (field.enum !== undefined) return field.enum.values.find(({ number }) => number === value)?.name;
  if (value instanceof Uint8Array) return { hex: toHex(value) };
  if (typeof value === 'bigint') {
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : `${value}`;
  }
  return value;
}

/** Every field that is set, in the notation of the vector files. */
export function fieldsOf(desc: DescMessage, message: Message): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const field of desc.fields) {
    if (!isFieldSet(message, field)) continue;
    const value: unknown = Reflect.get(message, field.localName);
    fields[field.name] = Array.isArray(value)
      ? value.map((item) => valueTo(field, item))
      : valueTo(field, value);
  }
  return fields;
}
