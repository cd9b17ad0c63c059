/** The operations and states of the config scenarios in the words of the files. */

import { communityUrl, parseCommunityUrl } from '../../src/protocol/config/communities.ts';
import type { Config } from '../../src/protocol/config/config.ts';
import {
  changeContact,
  type ExpiryMode,
  eraseContact,
  listContacts,
} from '../../src/protocol/config/contacts.ts';
import {
  type ConvoKind,
  changeReadMark,
  eraseReadMark,
  readConvoInfo,
} from '../../src/protocol/config/convo-info.ts';
import type { ConfigDict } from '../../src/protocol/config/data.ts';
import { type NotifyMode, type ProfilePicture, truncateName } from '../../src/protocol/config/fields.ts';
import type { ConfigKind } from '../../src/protocol/config/kinds.ts';
import {
  changeCommunity,
  changeGroup,
  changeLegacyGroup,
  eraseCommunity,
  eraseGroup,
  eraseLegacyGroup,
  type GroupChange,
  type GroupCommon,
  listCommunities,
  listGroups,
  listLegacyGroups,
} from '../../src/protocol/config/user-groups.ts';
import { changeUserProfile, readUserProfile } from '../../src/protocol/config/user-profile.ts';
import { toHex } from '../../src/util/bytes.ts';
import { CaseFailure, type VectorCase } from './case.ts';

/** Applies one op at `now` (ms). The files come from before profile changes were dated. */
export function applyOp(config: Config, op: VectorCase, now: number): void {
  const name = op.text('op');
  const apply = ops[name];
  if (apply === undefined) throw new CaseFailure(`there is no op ${name}`);
  apply(config, op, now);
  if (op.unread.length > 0) throw new CaseFailure(`the op ${name} has an unknown ${op.unread.join(', ')}`);
}

type Op = (config: Config, op: VectorCase, now: number) => void;

const ops: Readonly<Record<string, Op>> = {
  set_name: (config, op) => changeUserProfile(config, { name: op.text('name') }, null),
  set_name_truncated: (config, op) =>
    changeUserProfile(config, { name: truncateName(op.text('name')) }, null),
  set_profile_pic: (config, op) => {
    const key = op.has('key') && op.raw('key') !== null ? op.bytes('key') : new Uint8Array();
    const url = op.has('url') && op.raw('url') !== null ? op.text('url') : '';
    changeUserProfile(config, { picture: url === '' ? null : { url, key } }, null);
  },
  set_nts_priority: (config, op) => changeUserProfile(config, { priority: op.number('priority') }, null),
  set_nts_expiry: (config, op) =>
    changeUserProfile(config, { expirySeconds: numberOr0(op, 'seconds') }, null),
  set_blinded_msgreqs: (config, op) => {
    const blindedRequests = op.raw('enabled') === null ? null : op.boolean('enabled');
    changeUserProfile(config, { blindedRequests }, null);
  },
  set: (config, op) => {
    const id = op.text('session_id');
    changeContact(config, id, {
      ...text(op, 'name', 'name'),
      ...text(op, 'nickname', 'nickname'),
      ...(op.has('profile_pic') ? { picture: pictureOf(op) } : {}),
      ...flag(op, 'approved', 'approved'),
      ...flag(op, 'approved_me', 'approvedMe'),
      ...flag(op, 'blocked', 'blocked'),
      ...common(op),
      ...(op.has('exp_mode')
        ? // the words of the file are ours
          { expiry: { mode: op.text('exp_mode') as ExpiryMode, seconds: op.number('exp_seconds') } }
        : {}),
      ...number(op, 'created', 'createdAt'),
    });
  },
  erase: (config, op) => void eraseContact(config, op.text('session_id')),
  set_1to1: (config, op, now) => mark(config, op, 'oneToOne', 'session_id', now),
  set_legacy_group: (config, op, now) => {
    if (op.has('last_read') || op.has('unread')) mark(config, op, 'legacyGroup', 'group_id', now);
    else legacyGroup(config, op);
  },
  set_group: (config, op, now) => {
    if (op.has('last_read') || op.has('unread')) mark(config, op, 'group', 'group_id', now);
    else group(config, op);
  },
  set_community: (config, op, now) => {
    const address = { baseUrl: op.text('base_url'), room: op.text('room'), pubkey: op.bytes('pubkey') };
    if (op.has('last_read') || op.has('unread'))
      changeReadMark(
        config,
        address,
        { ...number(op, 'last_read', 'lastRead'), ...flag(op, 'unread', 'unread') },
        now,
      );
    else changeCommunity(config, address, { ...common(op), ...text(op, 'set_room', 'room') });
  },
  set_community_url: (config, op) =>
    changeCommunity(config, parseCommunityUrl(op.text('full_url')), common(op)),
  erase_1to1: (config, op) => eraseReadMark(config, { kind: 'oneToOne', id: op.text('session_id') }),
  erase_group: (config, op) => {
    const id = op.text('group_id');
    eraseReadMark(config, { kind: 'group', id });
    eraseGroup(config, id);
  },
  erase_legacy_group: (config, op) => {
    const id = op.text('group_id');
    eraseReadMark(config, { kind: 'legacyGroup', id });
    eraseLegacyGroup(config, id);
  },
  erase_community: (config, op) => eraseCommunity(config, op.text('base_url'), op.text('room')),
};

function mark(config: Config, op: VectorCase, kind: ConvoKind, key: string, now: number): void {
  const change = { ...number(op, 'last_read', 'lastRead'), ...flag(op, 'unread', 'unread') };
  changeReadMark(config, { kind, id: op.text(key) }, change, now);
}

function group(config: Config, op: VectorCase): void {
  const optionalBytes = (key: string) => (op.raw(key) === null ? null : op.bytes(key));
  changeGroup(config, op.text('group_id'), {
    ...common(op),
    ...text(op, 'name', 'name'),
    ...(op.has('group_seed') ? { seed: optionalBytes('group_seed') } : {}),
    ...(op.has('auth_data') ? { authData: optionalBytes('auth_data') } : {}),
    // the words of the file are ours
    ...(op.has('mark') ? { mark: op.text('mark') as NonNullable<GroupChange['mark']> } : {}),
  });
}

function legacyGroup(config: Config, op: VectorCase): void {
  const members = op.has('members') ? op.raw('members') : {};
  changeLegacyGroup(config, op.text('group_id'), {
    ...common(op),
    ...text(op, 'name', 'name'),
    ...(op.has('enc_pubkey')
      ? { encryptionKeys: { publicKey: op.bytes('enc_pubkey'), secretKey: op.bytes('enc_seckey') } }
      : {}),
    ...number(op, 'disappearing_timer', 'expirySeconds'),
    members: new Map(Object.entries(members ?? {}).map(([id, admin]) => [id, admin === true])),
    removeMembers: op.has('remove_members') ? op.list('remove_members').map(String) : [],
  });
}

function common(op: VectorCase): Partial<GroupCommon> {
  return {
    ...number(op, 'priority', 'priority'),
    // the words of the file are ours
    ...(op.has('notifications') ? { notifications: op.text('notifications') as NotifyMode } : {}),
    ...number(op, 'mute_until', 'mutedUntil'),
    ...number(op, 'joined_at', 'joinedAt'),
    ...flag(op, 'invited', 'invited'),
  };
}

type Named<Name extends string, Value> = Partial<Record<Name, Value>>;

// one name, one value: the object has no other
function text<Name extends string>(op: VectorCase, key: string, name: Name): Named<Name, string> {
  return (op.has(key) ? { [name]: op.text(key) } : {}) as Named<Name, string>;
}

// as in text()
function number<Name extends string>(op: VectorCase, key: string, name: Name): Named<Name, number> {
  return (op.has(key) ? { [name]: op.number(key) } : {}) as Named<Name, number>;
}

// as in text()
function flag<Name extends string>(op: VectorCase, key: string, name: Name): Named<Name, boolean> {
  return (op.has(key) ? { [name]: op.boolean(key) } : {}) as Named<Name, boolean>;
}

function numberOr0(op: VectorCase, key: string): number {
  return op.raw(key) === null ? 0 : op.number(key);
}

function pictureOf(op: VectorCase): ProfilePicture | null {
  if (op.raw('profile_pic') === null) return null;
  const picture = op.object('profile_pic');
  return { url: picture.text('url'), key: picture.bytes('key') };
}

/** The state as the files list it. */
export function stateOf(kind: ConfigKind, data: ConfigDict): unknown {
  return states[kind](data);
}

const picture = (value: ProfilePicture | null) =>
  value === null ? null : { url: value.url, key: toHex(value.key) };
const hex = (bytes: Uint8Array | null) => (bytes === null ? null : toHex(bytes));

const commonState = ({ priority, joinedAt, notifications, mutedUntil, invited }: GroupCommon) => ({
  priority,
  joined_at: joinedAt,
  notifications,
  mute_until: mutedUntil,
  invited,
});

const states: Readonly<Record<ConfigKind, (data: ConfigDict) => unknown>> = {
  UserProfile: (data) => {
    const profile = readUserProfile(data);
    return {
      name: profile.name === '' ? null : profile.name,
      profile_pic: picture(profile.picture),
      nts_priority: profile.priority,
      nts_expiry: profile.expirySeconds === 0 ? null : profile.expirySeconds,
      blinded_msgreqs: profile.blindedRequests,
    };
  },
  Contacts: (data) => ({
    contacts: listContacts(data).map((contact) => ({
      session_id: contact.id,
      name: contact.name,
      nickname: contact.nickname,
      profile_pic: picture(contact.picture),
      approved: contact.approved,
      approved_me: contact.approvedMe,
      blocked: contact.blocked,
      priority: contact.priority,
      notifications: contact.notifications,
      mute_until: contact.mutedUntil,
      exp_mode: contact.expiry.mode,
      exp_seconds: contact.expiry.seconds,
      created: contact.createdAt,
    })),
  }),
  ConvoInfoVolatile: (data) => {
    const info = readConvoInfo(data);
    return {
      one_to_one: info.oneToOne.map(({ id, lastRead, unread }) => ({
        session_id: id,
        last_read: lastRead,
        unread,
      })),
      communities: info.communities.map(({ baseUrl, room, pubkey, lastRead, unread }) => ({
        base_url: baseUrl,
        room,
        pubkey: toHex(pubkey),
        last_read: lastRead,
        unread,
      })),
      groups: info.groups.map(({ id, lastRead, unread }) => ({ group_id: id, last_read: lastRead, unread })),
      legacy_groups: info.legacyGroups.map(({ id, lastRead, unread }) => ({
        group_id: id,
        last_read: lastRead,
        unread,
      })),
    };
  },
  UserGroups: (data) => ({
    groups: listGroups(data).map((entry) => ({
      group_id: entry.id,
      name: entry.name,
      ...commonState(entry),
      group_seed: hex(entry.seed),
      auth_data: hex(entry.authData),
      removed_status: ['none', 'kicked', 'destroyed'].indexOf(entry.removed),
    })),
    communities: listCommunities(data).map((entry) => ({
      base_url: entry.baseUrl,
      room: entry.room,
      pubkey: toHex(entry.pubkey),
      ...commonState(entry),
      full_url: communityUrl(entry),
    })),
    legacy_groups: listLegacyGroups(data).map((entry) => ({
      group_id: entry.id,
      name: entry.name,
      ...commonState(entry),
      enc_pubkey: hex(entry.encryptionKeys?.publicKey ?? new Uint8Array()),
      enc_seckey: hex(entry.encryptionKeys?.secretKey ?? new Uint8Array()),
      disappearing_timer: entry.expirySeconds,
      members: Object.fromEntries(entry.members),
    })),
  }),
};
