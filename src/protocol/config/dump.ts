/**
 * A config as it outlives the program (config.md, section 13.5). The format is ours alone: bencode, version 1. It holds
 * what the account's keys protect elsewhere, so a store encrypts it.
 */
import { ProtocolError } from '../../errors.ts';
import { fromHex, utf8DecodeLenient } from '../../util/bytes.ts';
import { type BencodeInput, type BencodeValue, decodeBencode, encodeBencode } from '../bencode.ts';
import type { ConfigState } from './config.ts';
import { type ConfigDict, checkData } from './data.ts';
import { type ConfigMessage, parseConfigMessage } from './message.ts';
import type { PartSet, PartsState } from './multipart.ts';

export type ConfigDump = Readonly<{
  state: ConfigState;
  message: ConfigMessage;
  /** while dirty: the state that the revision in the making started from */
  parent: ConfigDict | null;
  current: readonly string[];
  obsolete: readonly string[];
  parts: PartsState;
}>;

const version = 1n;
const states: readonly ConfigState[] = ['clean', 'dirty', 'waiting'];
const limits = { depth: 40, values: 1_000_000 };

export function encodeDump(dump: ConfigDump): Uint8Array {
  const fields = new Map<string, BencodeInput>([
    ['version', version],
    ['state', BigInt(states.indexOf(dump.state))],
    ['message', dump.message.bytes],
    ['current', dump.current],
    ['obsolete', dump.obsolete],
    [
      'incomplete',
      [...dump.parts.incomplete].map(([id, { count, expires, parts }]) => [
        id,
        count,
        expires,
        [...parts].map(([index, { hash, chunk }]) => [index, hash, chunk]),
      ]),
    ],
    ['finished', [...dump.parts.finished].map(([id, expires]) => [id, expires])],
  ]);
  if (dump.parent !== null) fields.set('parent', dump.parent);
  return encodeBencode(fields);
}

/**
 * What `encodeDump` wrote. Signatures were verified before it was written and are not verified again.
 * ProtocolError `malformed`, or `unsupported` for another version.
 */
export function decodeDump(bytes: Uint8Array): ConfigDump {
  const fields = decodeBencode(bytes, limits);
  if (!(fields instanceof Map)) throw malformed();
  if (fields.get('version') !== version)
    throw new ProtocolError('unsupported', 'The saved config was written by another version');
  const state = states[numberOf(fields.get('state'))];
  const parent = fields.get('parent');
  if (state === undefined || (state === 'dirty') !== (parent !== undefined)) throw malformed();
  return {
    state,
    message: parseConfigMessage(bytesOf(fields.get('message'))),
    parent: parent === undefined ? null : checkData(parent),
    current: listOf(fields.get('current')).map(textOf),
    obsolete: listOf(fields.get('obsolete')).map(textOf),
    parts: {
      incomplete: new Map(listOf(fields.get('incomplete')).map(partSetOf)),
      finished: new Map(
        listOf(fields.get('finished')).map((row) => {
          const [id, expires] = listOf(row);
          return [idOf(id), numberOf(expires)];
        }),
      ),
    },
  };
}

function partSetOf(row: BencodeValue): [string, PartSet] {
  const [id, count, expires, rows] = listOf(row);
  const parts = listOf(rows).map((part): [number, { hash: string; chunk: Uint8Array }] => {
    const [index, hash, chunk] = listOf(part);
    return [numberOf(index), { hash: textOf(hash), chunk: bytesOf(chunk) }];
  });
  return [idOf(id), { count: numberOf(count), expires: numberOf(expires), parts: new Map(parts) }];
}

function malformed(): ProtocolError {
  return new ProtocolError('malformed', 'The saved config is damaged');
}

function listOf(value: BencodeValue | undefined): readonly BencodeValue[] {
  if (!Array.isArray(value)) throw malformed();
  return value;
}

function bytesOf(value: BencodeValue | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) throw malformed();
  return value;
}

function textOf(value: BencodeValue | undefined): string {
  return utf8DecodeLenient(bytesOf(value));
}

function idOf(value: BencodeValue | undefined): string {
  const id = textOf(value);
  if (fromHex(id)?.length !== 32) throw malformed();
  return id;
}

function numberOf(value: BencodeValue | undefined): number {
  const number = typeof value === 'bigint' ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(number) || number < 0) throw malformed();
  return number;
}
