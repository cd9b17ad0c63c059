/** Contacts as a person keeps them: nickname, pin, mute, hide. On this device; linked devices follow with the config messages. */
import { NotFoundError, UsageError } from '../../errors.ts';
import type { AccountId } from '../../protocol/ids.ts';
import type { ProfileStore, StoredContact, StoredConversation } from '../../store/index.ts';
import { utf8Encode } from '../../util/bytes.ts';
import type { Context } from '../context.ts';
import { contactIn, conversationIn } from '../records.ts';
import type { Contact, ContactChange } from '../types.ts';
import { toConversation } from '../views.ts';

/** UTF-8 bytes of a nickname, at most, as of a display name (accounts.md section 8). */
const maxNicknameBytes = 100;

/** The trimmed nickname, or null for an empty one. Throws UsageError `name-too-long`. */
export function checkNickname(text: string): string | null {
  const trimmed = text.trim();
  if (utf8Encode(trimmed).length > maxNicknameBytes) {
    throw new UsageError(
      'name-too-long',
      `That nickname is too long: at most ${maxNicknameBytes} bytes of UTF-8.`,
    );
  }
  return trimmed === '' ? null : trimmed;
}

/** Everybody on record, by ID; oneself is no contact. `now`: local clock, ms. */
export function listContacts(store: ProfileStore, now: number): readonly Contact[] {
  return store
    .entries('contacts')
    .map(([id, contact]) => toContact(contact, store.get('conversations', id), now))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * Makes a contact, or takes one that is there, and shows its conversation; nothing is sent. A `nickname` of null
 * leaves the one that is. UsageError `own-account` for oneself.
 */
export async function addContact(context: Context, id: AccountId, nickname: string | null): Promise<Contact> {
  if (id === context.keys.accountId) {
    throw new UsageError('own-account', 'That is your own account ID: write to yourself with "me".');
  }
  const checked = nickname === null ? null : checkNickname(nickname);
  await context.store.transact((tx) => {
    const contact = contactIn(tx, id);
    tx.put('contacts', id, { ...contact, nickname: checked ?? contact.nickname });
    tx.put('conversations', id, { ...conversationIn(tx, id, context.keys.accountId), hidden: false });
  });
  return announce(context, id);
}

/** NotFoundError `no-contact`; UsageError as `checkNickname`. */
export async function changeContact(context: Context, id: string, change: ContactChange): Promise<Contact> {
  const { nickname, ...shown } = change;
  const checked = nickname === undefined || nickname === null ? nickname : checkNickname(nickname);
  await context.store.transact((tx) => {
    const contact = tx.get('contacts', id);
    if (contact === undefined)
      throw new NotFoundError(
        'no-contact',
        'There is no such contact. Add one with: session-tui contact add ID',
      );
    if (checked !== undefined) tx.put('contacts', id, { ...contact, nickname: checked });
    const conversation = conversationIn(tx, id, context.keys.accountId);
    tx.put('conversations', id, {
      ...conversation,
      pinned: shown.pinned ?? conversation.pinned,
      mutedUntil: shown.mutedUntil === undefined ? conversation.mutedUntil : shown.mutedUntil,
      hidden: shown.hidden ?? conversation.hidden,
    });
  });
  return announce(context, id);
}

function announce({ store, events, changed, platform }: Context, id: string): Contact {
  const contact = store.get('contacts', id);
  const conversation = store.get('conversations', id);
  if (contact === undefined || conversation === undefined) {
    throw new NotFoundError('no-contact', 'That contact was removed meanwhile. Nothing else was changed.');
  }
  changed();
  events.emit({ event: 'conversation', conversation: toConversation(conversation, contact) });
  return toContact(contact, conversation, platform.clock.now());
}

/** `now`: a mute that is over is none. */
function toContact(
  contact: StoredContact,
  conversation: StoredConversation | undefined,
  now: number,
): Contact {
  const mutedUntil = conversation?.mutedUntil ?? null;
  const { id, name, nickname, approved, approvedMe, blocked } = contact;
  return {
    id,
    name,
    nickname,
    approved,
    approvedMe,
    blocked,
    pinned: conversation?.pinned ?? false,
    mutedUntil: mutedUntil !== null && mutedUntil > now ? mutedUntil : null,
  };
}
