/** How far each conversation has been read (config.md, section 9). */
import { ProtocolError } from '../../errors.ts';
import {
  type AccountId,
  type BlindedId,
  type GroupId,
  parseAccountId,
  parseBlindedId,
  parseGroupId,
} from '../ids.ts';
import {
  type CommunityAddress,
  canonicalBaseUrl,
  communityEntries,
  roomKey,
  withCommunityEntry,
  withoutCommunityEntry,
} from './communities.ts';
import type { Config } from './config.ts';
import { type ConfigDict, dictIn, setIn } from './data.ts';
import { flagValue, idEntries, idKey, readBytes, readFlag, readPositive, withFields } from './fields.ts';

const dayMs = 86_400_000;
/** Read marks older than this are not recorded any more. */
export const recordMs = 30 * dayMs;
/** Read marks older than this leave the config when it is stored. */
export const keepMs = 45 * dayMs;

export type ReadMark = Readonly<{
  /** the time of the last message read, ms; 0 for none */
  lastRead: number;
  /** marked unread by hand */
  unread: boolean;
}>;

/** The Pro proof last seen of a person; both parts or null. */
export type ProProof = Readonly<{ expiresAt: number; tag: Uint8Array }>;

export type ConvoInfo = Readonly<{
  oneToOne: readonly (ReadMark & Readonly<{ id: AccountId; pro: ProProof | null }>)[];
  blinded: readonly (ReadMark & Readonly<{ id: BlindedId; pro: ProProof | null }>)[];
  groups: readonly (ReadMark & Readonly<{ id: GroupId }>)[];
  legacyGroups: readonly (ReadMark & Readonly<{ id: AccountId }>)[];
  /** the room in lower case */
  communities: readonly (ReadMark & CommunityAddress)[];
}>;

export function readConvoInfo(data: ConfigDict): ConvoInfo {
  return {
    oneToOne: idEntries(dictIn(data, '1'), parseAccountId).map(([id, dict]) => ({ id, ...personOf(dict) })),
    blinded: idEntries(dictIn(data, 'b'), parseBlindedId).map(([id, dict]) => ({ id, ...personOf(dict) })),
    groups: idEntries(dictIn(data, 'g'), parseGroupId).map(([id, dict]) => ({ id, ...markOf(dict) })),
    legacyGroups: idEntries(dictIn(data, 'C'), parseAccountId).map(([id, dict]) => ({ id, ...markOf(dict) })),
    communities: communityEntries(data, 'o').map(({ baseUrl, pubkey, key, fields }) => ({
      baseUrl,
      pubkey,
      room: key,
      ...markOf(fields),
    })),
  };
}

/** How far a one-to-one conversation was read, or null. */
export function readReadMark(data: ConfigDict, id: AccountId): ReadMark | null {
  const dict = dictIn(data, '1', idKey(id, ['05']));
  return dict.size === 0 ? null : markOf(dict);
}

function markOf(dict: ConfigDict): ReadMark {
  return { lastRead: readPositive(dict, 'r'), unread: readFlag(dict, 'u') };
}

function personOf(dict: ConfigDict): ReadMark & Readonly<{ pro: ProProof | null }> {
  const expiry = readPositive(dict, 'e');
  const tag = readBytes(dict, 'g', 32);
  // early builds wrote ms
  const expiresAt = expiry > 1e12 ? Math.floor(expiry / 1000) : expiry;
  return { ...markOf(dict), pro: tag === null || expiresAt === 0 ? null : { expiresAt, tag } };
}

/** A conversation other than a community's room. */
export type ConvoKind = 'oneToOne' | 'blinded' | 'group' | 'legacyGroup';

const places: Readonly<Record<ConvoKind, Readonly<{ path: string; prefixes: readonly string[] }>>> = {
  oneToOne: { path: '1', prefixes: ['05'] },
  blinded: { path: 'b', prefixes: ['15', '25'] },
  group: { path: 'g', prefixes: ['03'] },
  legacyGroup: { path: 'C', prefixes: ['05'] },
};

/** A conversation: by its kind and ID, or a community's room. */
export type ConvoAddress = Readonly<{ kind: ConvoKind; id: string }> | CommunityAddress;

/**
 * Records how far a conversation was read, or marks it unread by hand; what is not named stays. `now` in ms. A mark
 * older than 30 days is only recorded if it takes back a later one. ProtocolError `malformed` for a wrong ID or address.
 */
export function changeReadMark(
  config: Config,
  address: ConvoAddress,
  change: Partial<ReadMark>,
  now: number,
): void {
  if ('kind' in address) {
    const { path, prefixes } = places[address.kind];
    const key = idKey(address.id, prefixes);
    config.edit((data) => {
      const dict = dictIn(data, path, key);
      const marked = withMark(dict, change, now);
      const legacy = address.kind === 'blinded' && address.id.startsWith('15');
      const fields = legacy && marked.size > 0 ? withFields(marked, { y: 1n }) : marked;
      return setIn(data, [path, key], fields);
    });
    return;
  }
  const baseUrl = canonicalBaseUrl(address.baseUrl);
  const key = roomKey(address.room);
  config.edit((data) => {
    const fields = withMark(dictIn(data, 'o', baseUrl, 'R', key), change, now);
    return withCommunityEntry(data, 'o', { baseUrl, pubkey: address.pubkey, key, fields });
  });
}

function withMark(dict: ConfigDict, { lastRead, unread }: Partial<ReadMark>, now: number): ConfigDict {
  if (lastRead !== undefined && !(Number.isSafeInteger(lastRead) && lastRead >= 0))
    throw new ProtocolError('malformed', 'A read mark is a time in whole ms');
  const before = dict.get('r');
  const lowers = lastRead !== undefined && typeof before === 'bigint' && before > BigInt(lastRead);
  const records = lastRead !== undefined && (lowers || lastRead > now - recordMs);
  return withFields(dict, {
    ...(records ? { r: BigInt(lastRead) } : {}),
    ...(unread === undefined ? {} : { u: flagValue(unread) }),
  });
}

/** Forgets a conversation; of a community also its server, when it was the last room there. */
export function eraseReadMark(
  config: Config,
  address: Readonly<{ kind: ConvoKind; id: string }> | Readonly<{ baseUrl: string; room: string }>,
): void {
  if ('kind' in address) {
    const { path, prefixes } = places[address.kind];
    const key = idKey(address.id, prefixes);
    config.edit((data) => setIn(data, [path, key], null));
    return;
  }
  const baseUrl = canonicalBaseUrl(address.baseUrl);
  const key = roomKey(address.room);
  config.edit((data) => withoutCommunityEntry(data, 'o', baseUrl, key));
}

/** The config's data without marks older than 45 days by `now` (ms), but for those marked unread and of groups. */
export function withoutStaleMarks(data: ConfigDict, now: number): ConfigDict {
  const stale = (dict: unknown): boolean =>
    dict instanceof Map && !readFlag(dict, 'u') && readPositive(dict, 'r') < now - keepMs;
  let next = data;
  for (const path of ['1', 'b', 'C'])
    for (const [key, dict] of dictIn(data, path)) if (stale(dict)) next = setIn(next, [path, key], null);
  for (const { baseUrl, key, fields } of communityEntries(data, 'o'))
    if (stale(fields)) next = withoutCommunityEntry(next, 'o', baseUrl, key);
  return next;
}
