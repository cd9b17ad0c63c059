/**
 * What the local records say that the configs do not: found before anything is merged, made after it. So a change made
 * here is a change of the newest revision, whatever other devices have done since.
 */

import type { ContactChange } from '../../protocol/config/contacts.ts';
import {
  type Contact,
  changeContact,
  eraseContact,
  listContacts,
  readContact,
} from '../../protocol/config/contacts.ts';
import {
  changeReadMark,
  eraseReadMark,
  type ReadMark,
  readConvoInfo,
  readReadMark,
} from '../../protocol/config/convo-info.ts';
import { changeUserProfile, readUserProfile } from '../../protocol/config/user-profile.ts';
import { type AccountId, parseAccountId } from '../../protocol/ids.ts';
import type { StoreTransaction } from '../../store/index.ts';
import type { Configs } from './configs.ts';
import { contactEdit } from './contacts.ts';
import { type ProfileEdit, profileEdit } from './profile.ts';
import { readMarkEdit } from './read-marks.ts';

/** Where records are read: a transaction, or the store. */
export type Records = Pick<StoreTransaction, 'get'>;

export type ConfigEdit =
  | Readonly<{ kind: 'profile'; edit: ProfileEdit }>
  /** `isNew`: the config did not hold them */
  | Readonly<{ kind: 'contact'; id: AccountId; change: ContactChange; isNew: boolean }>
  | Readonly<{ kind: 'erase'; id: AccountId }>
  | Readonly<{ kind: 'mark'; id: AccountId; change: Partial<ReadMark> }>;

export type EditOptions = Readonly<{
  own: AccountId;
  /** no device has published anything of this account yet */
  isNew: boolean;
  /** network time, ms */
  now: number;
}>;

/** What the records of these accounts (the own one: profile and Note to Self) say that the configs do not. */
export function findEdits(
  configs: Configs,
  records: Records,
  ids: Iterable<string>,
  options: EditOptions,
): readonly ConfigEdit[] {
  const edits: ConfigEdit[] = [];
  const lookUp = lookUpIn(configs);
  for (const text of ids) {
    const id = parseAccountId(text);
    if (id === null) continue;
    if (id === options.own) edits.push(...ownEdits(configs, records, options));
    else edits.push(...contactEdits(lookUp(), records, id, options.now));
  }
  return edits;
}

type Known = Readonly<{
  contact(id: AccountId): Contact | null;
  mark(id: AccountId): ReadMark | null;
}>;

/** For one or two people the configs are asked; for more, all that they hold is read once. */
function lookUpIn({ Contacts, ConvoInfoVolatile }: Configs): () => Known {
  let asked = 0;
  let all: Known | null = null;
  const single: Known = {
    contact: (id) => readContact(Contacts.data, id),
    mark: (id) => readReadMark(ConvoInfoVolatile.data, id),
  };
  return () => {
    asked += 1;
    if (asked <= 2) return single;
    if (all !== null) return all;
    const contacts = new Map(listContacts(Contacts.data).map((contact) => [contact.id, contact]));
    const marks = new Map(readConvoInfo(ConvoInfoVolatile.data).oneToOne.map((mark) => [mark.id, mark]));
    all = { contact: (id) => contacts.get(id) ?? null, mark: (id) => marks.get(id) ?? null };
    return all;
  };
}

function ownEdits(configs: Configs, records: Records, { own, isNew, now }: EditOptions): ConfigEdit[] {
  const account = records.get('account', 'account');
  if (account === undefined) return [];
  const line = records.get('conversations', own);
  const config = configs.UserProfile;
  const edit = profileEdit(account, line, readUserProfile(config.data), {
    isNew: isNew && config.seqno === 0,
    now,
  });
  const mark = line && readMarkEdit(line, readReadMark(configs.ConvoInfoVolatile.data, own), now);
  return [
    ...(edit === null ? [] : [{ kind: 'profile', edit } as const]),
    ...(mark ? [{ kind: 'mark', id: own, change: mark } as const] : []),
  ];
}

function contactEdits(known: Known, records: Records, id: AccountId, now: number): ConfigEdit[] {
  const record = records.get('contacts', id);
  const current = known.contact(id);
  if (record === undefined) {
    return current !== null && records.get('erased', id) !== undefined ? [{ kind: 'erase', id }] : [];
  }
  const line = records.get('conversations', id);
  // Who only said that they accept us is nobody's contact yet, on no device.
  if (
    current === null &&
    line === undefined &&
    !record.approved &&
    !record.blocked &&
    record.nickname === null
  )
    return [];
  const change = contactEdit(record, line, current, now);
  const mark = line && readMarkEdit(line, known.mark(id), now);
  return [
    ...(change === null ? [] : [{ kind: 'contact', id, change, isNew: current === null } as const]),
    ...(mark ? [{ kind: 'mark', id, change: mark } as const] : []),
  ];
}

/** Makes the edits, as far as they still say something: what is newer in the configs by now stays. */
export function makeEdits(configs: Configs, edits: readonly ConfigEdit[], now: number): void {
  for (const edit of edits) {
    if (edit.kind === 'profile') editProfile(configs, edit.edit);
    else if (edit.kind === 'contact') editContact(configs, edit);
    else if (edit.kind === 'erase') {
      eraseContact(configs.Contacts, edit.id);
      eraseReadMark(configs.ConvoInfoVolatile, { kind: 'oneToOne', id: edit.id });
    } else editMark(configs, edit.id, edit.change, now);
  }
}

function editProfile({ UserProfile: config }: Configs, { change, updatedAtSec }: ProfileEdit): void {
  const { name, picture, ...rest } = change;
  const { updatedAt } = readUserProfile(config.data);
  const isOlder = updatedAtSec < updatedAt;
  // A time that contacts go by never goes back.
  changeUserProfile(
    config,
    rest,
    rest.blindedRequests === undefined ? null : Math.max(updatedAtSec, updatedAt),
  );
  if (isOlder) return;
  const visible = { ...(name === undefined ? {} : { name }), ...(picture === undefined ? {} : { picture }) };
  changeUserProfile(config, visible, updatedAtSec);
}

function editContact(
  { Contacts: config }: Configs,
  { id, change, isNew }: Extract<ConfigEdit, { kind: 'contact' }>,
): void {
  const { name, picture, profileUpdatedAt, createdAt, ...rest } = change;
  const current = readContact(config.data, id);
  // Deleted on another device meanwhile: part of a contact would be none.
  if (current === null && !isNew) return;
  const isOlder =
    current !== null && (profileUpdatedAt ?? current.profileUpdatedAt) < current.profileUpdatedAt;
  changeContact(config, id, {
    ...rest,
    ...(createdAt === undefined || (current !== null && current.createdAt > 0) ? {} : { createdAt }),
    ...(isOlder || name === undefined ? {} : { name }),
    ...(isOlder || picture === undefined ? {} : { picture }),
    ...(isOlder || profileUpdatedAt === undefined ? {} : { profileUpdatedAt }),
  });
}

function editMark(
  { ConvoInfoVolatile: config }: Configs,
  id: AccountId,
  { lastRead, unread }: Partial<ReadMark>,
  now: number,
): void {
  const current = readReadMark(config.data, id)?.lastRead ?? 0;
  const change = {
    ...(lastRead === undefined || lastRead <= current ? {} : { lastRead }),
    ...(unread === undefined ? {} : { unread }),
  };
  if (Object.keys(change).length > 0) changeReadMark(config, { kind: 'oneToOne', id }, change, now);
}
