/** The groups and communities an account is in (config.md, section 10). */
import { keyPairFromSeed } from '../../crypto/ed25519.ts';
import { ProtocolError } from '../../errors.ts';
import { toHex } from '../../util/bytes.ts';
import { type AccountId, type GroupId, parseAccountId, parseGroupId } from '../ids.ts';
import {
  type CommunityAddress,
  canonicalBaseUrl,
  communityEntries,
  roomKey,
  withCommunityEntry,
  withoutCommunityEntry,
} from './communities.ts';
import type { Config } from './config.ts';
import { binaryBytes, type ConfigDict, type ConfigSet, dictIn, isSet, makeSet, setIn } from './data.ts';
import {
  flagValue,
  idEntries,
  idKey,
  intValue,
  type NotifyMode,
  nameValue,
  notifyValue,
  positiveValue,
  readBytes,
  readFlag,
  readInt,
  readName,
  readNotify,
  readPositive,
  readSeconds,
  secondsValue,
  truncateName,
  withFields,
} from './fields.ts';

const authDataLength = 100;
const maxMembers = 10_000;

/** What groups of all kinds have. Times are unix seconds, 0 for none. */
export type GroupCommon = Readonly<{
  /** negative hidden, positive pinned */
  priority: number;
  notifications: NotifyMode;
  mutedUntil: number;
  joinedAt: number;
  /** not accepted yet */
  invited: boolean;
}>;

export type GroupRemoval = 'none' | 'kicked' | 'destroyed';
const removals: readonly GroupRemoval[] = ['none', 'kicked', 'destroyed'];

export type Group = GroupCommon &
  Readonly<{
    id: GroupId;
    /** from the invitation; the group's own info has the current one */
    name: string;
    /** admins: 32 bytes */
    seed: Uint8Array | null;
    /** members: 100 bytes; may be left from before one became an admin */
    authData: Uint8Array | null;
    removed: GroupRemoval;
  }>;

export type Community = GroupCommon & CommunityAddress;

/** A group of the retired kind: kept, not used. */
export type LegacyGroup = GroupCommon &
  Readonly<{
    id: AccountId;
    name: string;
    encryptionKeys: Readonly<{ publicKey: Uint8Array; secretKey: Uint8Array }> | null;
    expirySeconds: number;
    /** true: admin */
    members: ReadonlyMap<AccountId, boolean>;
  }>;

function commonOf(dict: ConfigDict): GroupCommon {
  return {
    priority: readInt(dict, '+'),
    notifications: readNotify(dict, '@'),
    mutedUntil: readSeconds(dict, '!'),
    joinedAt: readSeconds(dict, 'j'),
    invited: readFlag(dict, 'i'),
  };
}

function commonFields(change: Partial<GroupCommon>) {
  const { priority, notifications, mutedUntil, joinedAt, invited } = change;
  return {
    ...(priority === undefined ? {} : { '+': intValue(priority) }),
    ...(notifications === undefined ? {} : { '@': notifyValue(notifications) }),
    ...(mutedUntil === undefined ? {} : { '!': secondsValue(mutedUntil) }),
    ...(joinedAt === undefined ? {} : { j: secondsValue(joinedAt) }),
    ...(invited === undefined ? {} : { i: flagValue(invited) }),
  };
}

/** All groups in byte order of their IDs. */
export function listGroups(data: ConfigDict): readonly Group[] {
  return idEntries(dictIn(data, 'g'), parseGroupId).map(([id, dict]) => groupOf(id, dict));
}

/** One group, or null. */
export function readGroup(data: ConfigDict, id: GroupId): Group | null {
  const dict = dictIn(data, 'g', idKey(id, ['03']));
  return dict.size === 0 ? null : groupOf(id, dict);
}

function groupOf(id: GroupId, dict: ConfigDict): Group {
  const stored = readBytes(dict, 'K', 32);
  const seed = stored !== null && isSeedOf(stored, id) ? stored : null;
  return {
    id,
    ...commonOf(dict),
    name: readName(dict, 'n'),
    seed,
    authData: readBytes(dict, 's', authDataLength),
    removed: removals[readInt(dict, 'r')] ?? 'none',
  };
}

function isSeedOf(seed: Uint8Array, id: GroupId): boolean {
  return `03${toHex(keyPairFromSeed(seed).publicKey)}` === id;
}

/** What to change; what is not named stays. A seed takes the place of auth data. */
export type GroupChange = Partial<GroupCommon & Pick<Group, 'name' | 'seed' | 'authData'>> &
  Readonly<{
    /** kicked and destroyed take the keys away; destroyed is final; invited ends kicked */
    mark?: 'kicked' | 'destroyed' | 'invited';
  }>;

/** Changes a group, or adds one; `mark` comes first. ProtocolError `malformed` or `too-large`. */
export function changeGroup(config: Config, id: string, change: GroupChange): void {
  const key = idKey(id, ['03']);
  config.edit((data) => {
    const dict = withRemoval(dictIn(data, 'g', key), change.mark);
    const { name, seed, authData } = change;
    const { length: seedLength = 32 } = seed ?? {};
    const { length: authLength = authDataLength } = authData ?? {};
    if (seedLength !== 32 || authLength !== authDataLength)
      throw new ProtocolError('malformed', "A group's seed is 32 bytes, a member's auth data 100");
    const noKey = new Uint8Array();
    const stored = seed === undefined ? (dict.get('K') ?? noKey) : (seed ?? noKey);
    // Beside a seed the auth data stays as it is stored: it is not read then.
    const isAdmin = stored instanceof Uint8Array && stored.length === 32;
    const fields = withFields(dict, {
      ...commonFields(change),
      ...(name === undefined ? {} : { n: name === '' ? null : nameValue(name, "A group's name") }),
      K: stored,
      ...(authData === undefined || isAdmin ? {} : { s: authData }),
    });
    return setIn(data, ['g', key], fields);
  });
}

function withRemoval(dict: ConfigDict, mark: GroupChange['mark']): ConfigDict {
  const removed = readInt(dict, 'r');
  if (mark === undefined) return dict;
  if (mark === 'invited') return removed === 1 ? withFields(dict, { r: null }) : dict;
  const code = mark === 'destroyed' || removed === 2 ? 2n : 1n;
  return withFields(dict, { K: new Uint8Array(), s: null, r: code });
}

/** Removes a group with everything that is known of it. */
export function eraseGroup(config: Config, id: string): void {
  const key = idKey(id, ['03']);
  config.edit((data) => setIn(data, ['g', key], null));
}

/** All communities by server and room; rooms with the capitals they were joined with. */
export function listCommunities(data: ConfigDict): readonly Community[] {
  return communityEntries(data, 'o').map(({ baseUrl, pubkey, key, fields }) => {
    const written = readName(fields, 'n');
    const room = written.toLowerCase() === key ? written : key;
    return { baseUrl, room, pubkey, ...commonOf(fields) };
  });
}

/**
 * Changes a community, or joins one. The room keeps the capitals that are stored, or takes those of `change.room`.
 * ProtocolError `malformed`.
 */
export function changeCommunity(
  config: Config,
  address: CommunityAddress,
  change: Partial<GroupCommon> & Readonly<{ room?: string }>,
): void {
  const baseUrl = canonicalBaseUrl(address.baseUrl);
  const key = roomKey(address.room);
  if (change.room !== undefined && roomKey(change.room) !== key)
    throw new ProtocolError('malformed', 'A room may change its capitals only');
  config.edit((data) => {
    const dict = dictIn(data, 'o', baseUrl, 'R', key);
    const room =
      change.room === undefined ? (dict.get('n') ?? nameValue(address.room)) : nameValue(change.room);
    const fields = withFields(dict, { ...commonFields(change), n: room });
    return withCommunityEntry(data, 'o', { baseUrl, pubkey: address.pubkey, key, fields });
  });
}

/** Leaves a community's room; its server goes with the last room. */
export function eraseCommunity(config: Config, baseUrl: string, room: string): void {
  const url = canonicalBaseUrl(baseUrl);
  const key = roomKey(room);
  config.edit((data) => withoutCommunityEntry(data, 'o', url, key));
}

/** All retired groups in byte order of their IDs. */
export function listLegacyGroups(data: ConfigDict): readonly LegacyGroup[] {
  return idEntries(dictIn(data, 'C'), parseAccountId).map(([id, dict]) => {
    const publicKey = readBytes(dict, 'k', 32);
    const secretKey = readBytes(dict, 'K', 32);
    return {
      id,
      ...commonOf(dict),
      name: readName(dict, 'n'),
      encryptionKeys: publicKey === null || secretKey === null ? null : { publicKey, secretKey },
      expirySeconds: readPositive(dict, 'E'),
      members: new Map([...membersOf(dict, 'm', false), ...membersOf(dict, 'a', true)].slice(0, maxMembers)),
    };
  });
}

function membersOf(
  dict: ConfigDict,
  key: string,
  admin: boolean,
): readonly (readonly [AccountId, boolean])[] {
  const set = dict.get(key);
  const members: (readonly [AccountId, boolean])[] = [];
  for (const item of isSet(set) ? set : []) {
    const id = item instanceof Uint8Array && item.length === 33 ? parseAccountId(toHex(item)) : null;
    if (id !== null) members.push([id, admin]);
  }
  return members;
}

export type LegacyGroupChange = Partial<GroupCommon & Omit<LegacyGroup, 'id' | 'members'>> &
  Readonly<{
    /** to add or to change; true: admin */
    members?: ReadonlyMap<string, boolean>;
    removeMembers?: readonly string[];
  }>;

/** Changes a retired group's entry, or adds one. ProtocolError `malformed`. */
export function changeLegacyGroup(config: Config, id: string, change: LegacyGroupChange): void {
  const key = idKey(id, ['05']);
  config.edit((data) => {
    const dict = dictIn(data, 'C', key);
    const { name, encryptionKeys: keys, expirySeconds, members, removeMembers } = change;
    const ordinary = setOf(dict, 'm');
    const admins = setOf(dict, 'a');
    for (const [member, admin] of members ?? []) {
      const memberKey = idKey(member, ['05']);
      (admin ? admins : ordinary).add(memberKey);
      (admin ? ordinary : admins).delete(memberKey);
    }
    for (const member of removeMembers ?? []) {
      admins.delete(idKey(member, ['05']));
      ordinary.delete(idKey(member, ['05']));
    }
    const fields = withFields(dict, {
      ...commonFields(change),
      n: name === undefined ? (dict.get('n') ?? nameValue('')) : nameValue(truncateName(name)),
      ...(keys === undefined ? {} : { k: keys?.publicKey ?? null, K: keys?.secretKey ?? null }),
      ...(expirySeconds === undefined ? {} : { E: positiveValue(expirySeconds) }),
      ...(members === undefined && removeMembers === undefined
        ? {}
        : { m: listed(ordinary), a: listed(admins) }),
    });
    return setIn(data, ['C', key], fields);
  });
}

function setOf(dict: ConfigDict, key: string): Set<string> {
  return new Set(membersOf(dict, key, false).map(([id]) => idKey(id, ['05'])));
}

function listed(keys: ReadonlySet<string>): ConfigSet | null {
  return keys.size === 0 ? null : makeSet([...keys].map(binaryBytes));
}

/** Removes a retired group's entry. */
export function eraseLegacyGroup(config: Config, id: string): void {
  const key = idKey(id, ['05']);
  config.edit((data) => setIn(data, ['C', key], null));
}
