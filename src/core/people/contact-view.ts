/** Contacts as front ends see them. */
import { NotFoundError } from '../../errors.ts';
import type { ProfileStore, StoredContact, StoredConversation } from '../../store/index.ts';
import type { Context } from '../context.ts';
import type { Contact } from '../types.ts';
import { toConversation } from '../views.ts';
import { isRequest } from './trust.ts';

/** `now`, local clock, ms: a mute that is over is none. */
export function toContact(
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
    request: isRequest(contact) && conversation !== undefined,
    pinned: conversation?.pinned ?? false,
    mutedUntil: mutedUntil !== null && mutedUntil > now ? mutedUntil : null,
  };
}

/**
 * Everybody on record, by ID; oneself is no contact. Left out is who only said that they accept us, without a word
 * from either side on this device.
 */
export function listContacts(store: ProfileStore, now: number): readonly Contact[] {
  return store
    .entries('contacts')
    .filter(
      ([id, { approved, blocked, nickname }]) =>
        approved || blocked || nickname !== null || store.get('conversations', id) !== undefined,
    )
    .map(([id, contact]) => toContact(contact, store.get('conversations', id), now))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Tells of a contact that was changed, and gives it as it stands. NotFoundError `no-contact` if it is gone by now. */
export function announceContact({ store, events, changed, platform }: Context, id: string): Contact {
  const contact = store.get('contacts', id);
  if (contact === undefined) {
    throw new NotFoundError('no-contact', 'That contact was removed meanwhile. Nothing else was changed.');
  }
  const conversation = store.get('conversations', id);
  changed();
  if (conversation !== undefined)
    events.emit({ event: 'conversation', conversation: toConversation(conversation, contact) });
  return toContact(contact, conversation, platform.clock.now());
}

/** For commands on somebody who is not on record. */
export function noContact(): NotFoundError {
  return new NotFoundError(
    'no-contact',
    'There is no such contact. Add one with: session-tui contact add ID',
  );
}
