/** The people an account knows (config.md, section 8). */
import { ProtocolError } from '../../errors.ts';
import { type AccountId, parseAccountId } from '../ids.ts';
import {
  type CommunityEntry,
  canonicalBaseUrl,
  communityEntries,
  withCommunityEntry,
  withoutCommunityEntry,
} from './communities.ts';
import type { Config } from './config.ts';
import { type ConfigDict, dictIn, setIn } from './data.ts';
import {
  flagValue,
  idEntries,
  idKey,
  intValue,
  type NotifyMode,
  nameValue,
  notifyValue,
  type ProfilePicture,
  pictureValues,
  positiveValue,
  readBits,
  readFlag,
  readInt,
  readName,
  readNotify,
  readPicture,
  readSeconds,
  readTimer,
  secondsValue,
  truncateName,
  withFields,
} from './fields.ts';

/** When messages vanish; the codes here are the reverse of the message protobuf's. */
export type ExpiryMode = 'none' | 'after_send' | 'after_read';
const expiryModes: readonly ExpiryMode[] = ['none', 'after_send', 'after_read'];

/** Times are unix seconds, 0 for none. */
export type Contact = Readonly<{
  id: AccountId;
  name: string;
  nickname: string;
  picture: ProfilePicture | null;
  /** of their last profile change */
  profileUpdatedAt: number;
  /** we accept them */
  approved: boolean;
  /** they accept us */
  approvedMe: boolean;
  blocked: boolean;
  /** negative hidden, positive pinned */
  priority: number;
  notifications: NotifyMode;
  mutedUntil: number;
  expiry: Readonly<{ mode: ExpiryMode; seconds: number }>;
  createdAt: number;
  /** Session Pro, bit positions; read only here */
  features: readonly number[];
}>;

/** What to change; what is not named stays. Names are cut to 100 bytes, longer nicknames are refused. */
export type ContactChange = Partial<Omit<Contact, 'id' | 'features'>>;

/** All contacts in byte order of their IDs. */
export function listContacts(data: ConfigDict): readonly Contact[] {
  return idEntries(dictIn(data, 'c'), parseAccountId).map(([id, dict]) => contactOf(id, dict));
}

/** One contact, or null. */
export function readContact(data: ConfigDict, id: AccountId): Contact | null {
  const dict = dictIn(data, 'c', idKey(id, ['05']));
  return dict.size === 0 ? null : contactOf(id, dict);
}

function contactOf(id: AccountId, dict: ConfigDict): Contact {
  const mode = expiryModes[readInt(dict, 'e')] ?? 'none';
  const seconds = readTimer(dict, 'E');
  const notifications = readNotify(dict, '@');
  return {
    id,
    name: readName(dict, 'n'),
    nickname: readName(dict, 'N'),
    picture: readPicture(dict, 'p', 'q'),
    profileUpdatedAt: readSeconds(dict, 't'),
    approved: readFlag(dict, 'a'),
    approvedMe: readFlag(dict, 'A'),
    blocked: readFlag(dict, 'b'),
    priority: readInt(dict, '+'),
    notifications: notifications === 'mentions_only' ? 'all' : notifications,
    mutedUntil: readSeconds(dict, '!'),
    expiry: mode === 'none' || seconds === 0 ? { mode: 'none', seconds: 0 } : { mode, seconds },
    createdAt: readSeconds(dict, 'j'),
    features: readBits(dict, 'f'),
  };
}

/** Changes a contact, or adds one. ProtocolError `malformed` (also for an ID that is none) or `too-large`. */
export function changeContact(config: Config, id: string, change: ContactChange): void {
  const key = idKey(id, ['05']);
  config.edit((data) => {
    const dict = dictIn(data, 'c', key);
    return setIn(data, ['c', key], withFields(dict, contactFields(dict, change)));
  });
}

function contactFields(dict: ConfigDict, change: ContactChange) {
  const { name, nickname, picture, profileUpdatedAt, approved, approvedMe, blocked } = change;
  const { priority, notifications, mutedUntil, expiry, createdAt } = change;
  const [url, pictureKey] = pictureValues(picture ?? null);
  const withExpiry = expiry !== undefined && expiry.mode !== 'none' && expiry.seconds > 0;
  return {
    // The name is always there: it keeps the contact in being.
    n: name === undefined ? (dict.get('n') ?? nameValue('')) : nameValue(truncateName(name)),
    ...(nickname === undefined ? {} : { N: nickname === '' ? null : nameValue(nickname, 'A nickname') }),
    ...(picture === undefined ? {} : { p: url, q: pictureKey }),
    ...(profileUpdatedAt === undefined ? {} : { t: positiveValue(profileUpdatedAt) }),
    ...(approved === undefined ? {} : { a: flagValue(approved) }),
    ...(approvedMe === undefined ? {} : { A: flagValue(approvedMe) }),
    ...(blocked === undefined ? {} : { b: flagValue(blocked) }),
    ...(priority === undefined ? {} : { '+': intValue(priority) }),
    ...(notifications === undefined
      ? {}
      : { '@': notifyValue(notifications === 'mentions_only' ? 'all' : notifications) }),
    ...(mutedUntil === undefined ? {} : { '!': secondsValue(mutedUntil) }),
    ...(expiry === undefined
      ? {}
      : {
          e: withExpiry ? intValue(expiryModes.indexOf(expiry.mode)) : null,
          E: withExpiry ? positiveValue(expiry.seconds) : null,
        }),
    ...(createdAt === undefined ? {} : { j: secondsValue(createdAt) }),
  };
}

/** Removes a contact with everything that is known of it. False when there was none. */
export function eraseContact(config: Config, id: string): boolean {
  const key = idKey(id, ['05']);
  const before = config.data;
  config.edit((data) => setIn(data, ['c', key], null));
  return config.data !== before;
}

/** Somebody known from a community only: by the 64 hex digits of their blinded ID there. */
export type BlindedContact = Readonly<{
  baseUrl: string;
  serverKey: Uint8Array;
  /** 66 hex digits: `15` or `25`, and the key */
  id: string;
  name: string;
  picture: ProfilePicture | null;
  profileUpdatedAt: number;
  priority: number;
  createdAt: number;
  features: readonly number[];
}>;

export type BlindedContactChange = Partial<
  Pick<BlindedContact, 'name' | 'picture' | 'profileUpdatedAt' | 'priority' | 'createdAt'>
>;

/** All blinded contacts, by server and ID. */
export function listBlindedContacts(data: ConfigDict): readonly BlindedContact[] {
  return communityEntries(data, 'b')
    .filter(({ key }) => /^[0-9a-f]{64}$/.test(key))
    .map(blindedContactOf);
}

function blindedContactOf({ baseUrl, pubkey, key, fields }: CommunityEntry): BlindedContact {
  return {
    baseUrl,
    serverKey: pubkey,
    id: `${readFlag(fields, 'y') ? '15' : '25'}${key}`,
    name: readName(fields, 'n'),
    picture: readPicture(fields, 'p', 'q'),
    profileUpdatedAt: readSeconds(fields, 't'),
    priority: readInt(fields, '+'),
    createdAt: readSeconds(fields, 'j'),
    features: readBits(fields, 'f'),
  };
}

type BlindedAddress = Readonly<{ baseUrl: string; serverKey: Uint8Array; id: string }>;

function blindedKey(id: string): string {
  if (!/^[12]5[0-9a-f]{64}$/.test(id)) throw new ProtocolError('malformed', 'The text is no blinded ID');
  return id.slice(2);
}

/** Changes a blinded contact, or adds one. ProtocolError `malformed` or `too-large`. */
export function changeBlindedContact(
  config: Config,
  { baseUrl, serverKey, id }: BlindedAddress,
  change: BlindedContactChange,
): void {
  const url = canonicalBaseUrl(baseUrl);
  const key = blindedKey(id);
  config.edit((data) => {
    const dict = dictIn(data, 'b', url, 'R', key);
    const fields = withFields(dict, { ...contactFields(dict, change), y: flagValue(id.startsWith('15')) });
    return withCommunityEntry(data, 'b', { baseUrl: url, pubkey: serverKey, key, fields });
  });
}

/** Removes a blinded contact, and its server when it was the last one there. */
export function eraseBlindedContact(config: Config, baseUrl: string, id: string): void {
  const url = canonicalBaseUrl(baseUrl);
  const key = blindedKey(id);
  config.edit((data) => withoutCommunityEntry(data, 'b', url, key));
}
