/** From merged configs to the local records: what other devices have changed. */
import { type Contact, listContacts } from '../../protocol/config/contacts.ts';
import { type ReadMark, readConvoInfo } from '../../protocol/config/convo-info.ts';
import type { ConfigDict } from '../../protocol/config/data.ts';
import { readUserProfile } from '../../protocol/config/user-profile.ts';
import type { AccountId } from '../../protocol/ids.ts';
import type { StoredContact, StoredConversation, StoreTransaction } from '../../store/index.ts';
import { contactIn, conversationIn } from '../records.ts';
import type { Configs } from './configs.ts';
import { contactRecords } from './contacts.ts';
import { profileRecords } from './profile.ts';
import { readMarkRecord } from './read-marks.ts';

/** What a merge changed for people to see. */
export type Applied = Readonly<{
  /** conversations that changed in any way */
  lines: ReadonlySet<string>;
  /** of these, those whose unread messages have to be counted */
  recounts: ReadonlySet<string>;
  /** the own profile changed */
  account: boolean;
  /** whose records know better than the config: a newer profile, a mark further on */
  ahead: ReadonlySet<string>;
  /** contacts that another device has deleted, by ID, and what they were called: their messages are to follow */
  erased: ReadonlyMap<string, string>;
}>;

export type ApplyOptions = Readonly<{
  own: AccountId;
  now: number;
  /** the contacts as they were before the merge: who is gone was deleted elsewhere */
  contactsBefore: ConfigDict;
}>;

/** Writes what the configs say into the records, where those say something else. */
export function applyConfigs(
  tx: StoreTransaction,
  configs: Configs,
  { own, now, contactsBefore }: ApplyOptions,
): Applied {
  const lines = new Set<string>();
  const recounts = new Set<string>();
  const erased = new Map<string, string>();
  const ahead = new Set<string>([own]);
  const marks = new Map<string, ReadMark>(
    readConvoInfo(configs.ConvoInfoVolatile.data).oneToOne.map((entry) => [entry.id, entry]),
  );
  const putLine = (before: StoredConversation | undefined, line: StoredConversation): void => {
    const mark = marks.get(line.id);
    const read = mark === undefined ? line : readMarkRecord(mark, line, now);
    if (read.readUpTo > (mark?.lastRead ?? 0)) ahead.add(line.id);
    if (before !== undefined && sameFields(before, read)) return;
    tx.put('conversations', line.id, read);
    lines.add(line.id);
    if (read.readUpTo !== (before?.readUpTo ?? 0)) recounts.add(line.id);
  };
  const account = applyProfile(tx, configs, own, putLine);
  const contacts = listContacts(configs.Contacts.data);
  for (const contact of contacts) {
    if (contact.id === own) continue;
    const { name, profileUpdatedAtSec } = applyContact(tx, contact, own, now, putLine);
    if (name !== contact.name || profileUpdatedAtSec !== contact.profileUpdatedAt) ahead.add(contact.id);
  }
  if (contactsBefore !== configs.Contacts.data) {
    const left = new Set<string>(contacts.map(({ id }) => id));
    for (const { id } of listContacts(contactsBefore)) {
      const record = tx.get('contacts', id);
      if (left.has(id) || id === own || record === undefined) continue;
      tx.delete('contacts', id);
      tx.delete('conversations', id);
      tx.put('erased', id, now);
      erased.set(id, record.nickname ?? record.name);
    }
  }
  return { lines, recounts, account, ahead, erased };
}

type PutLine = (before: StoredConversation | undefined, line: StoredConversation) => void;

/** Whether the account's record changed. */
function applyProfile(tx: StoreTransaction, configs: Configs, own: AccountId, putLine: PutLine): boolean {
  const account = tx.get('account', 'account');
  const config = configs.UserProfile;
  if (account === undefined || config.seqno === 0) return false;
  const before = tx.get('conversations', own);
  const empty = conversationIn(tx, own, own);
  const after = profileRecords(readUserProfile(config.data), { account, line: before }, empty);
  if (after.line !== undefined) putLine(before, after.line);
  if (sameFields(account, after.account)) return false;
  tx.put('account', 'account', after.account);
  return true;
}

function applyContact(
  tx: StoreTransaction,
  contact: Contact,
  own: AccountId,
  now: number,
  putLine: PutLine,
): StoredContact {
  const { id } = contact;
  const known = tx.get('contacts', id);
  const line = tx.get('conversations', id);
  const local = { record: known ?? contactIn(tx, id), line: line ?? conversationIn(tx, id, own) };
  const after = contactRecords(contact, local, now);
  if (known === undefined || !sameFields(known, after.record)) tx.put('contacts', id, after.record);
  putLine(line, after.line);
  return after.record;
}

/** Records of plain values and flat objects; a field that is undefined or null counts as one that is not there. */
function sameFields(a: Fields, b: Fields): boolean {
  for (const key in a) if (!sameValue(a[key], b[key])) return false;
  for (const key in b) if (!(key in a) && !sameValue(undefined, b[key])) return false;
  return true;
}

type Fields = Readonly<Record<string, unknown>>;

function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!isObject(a) || !isObject(b)) return (a ?? null) === (b ?? null);
  return sameFields(a, b);
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
