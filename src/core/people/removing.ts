/** Declining a request and deleting a contact: both take the person with all messages off this profile. */
import { NotFoundError } from '../../errors.ts';
import { type ProfileStore, startOf } from '../../store/index.ts';
import type { Context } from '../context.ts';
import type { Contact } from '../types.ts';
import { noContact, toContact } from './contact-view.ts';
import { isRequest } from './trust.ts';

/** Messages read from the disk at a time. */
const pageMessages = 200;

/**
 * Deletes a message request, its messages and the record of who sent it; nothing is sent to them, and they can write
 * again. Gives the contact as it was. NotFoundError `no-request` for whoever is no request.
 */
export async function declineRequest(context: Context, id: string): Promise<Contact> {
  const contact = context.store.get('contacts', id);
  if (!isRequest(contact) || context.store.get('conversations', id) === undefined) throw noRequest();
  return remove(context, id);
}

/**
 * Deletes a contact with the conversation, on all devices; a block of theirs goes with it. Gives the contact as it
 * was. NotFoundError `no-contact`.
 */
export async function removeContact(context: Context, id: string): Promise<Contact> {
  if (context.store.get('contacts', id) === undefined) throw noContact();
  return remove(context, id);
}

async function remove(context: Context, id: string): Promise<Contact> {
  const { store, platform } = context;
  let removed: Contact | null = null;
  do {
    const ids = await messageIds(store, id);
    await store.transact((tx) => {
      const contact = tx.get('contacts', id);
      const conversation = tx.get('conversations', id);
      if (contact !== undefined) removed ??= toContact(contact, conversation, platform.clock.now());
      for (const messageId of ids) {
        tx.deleteMessage(messageId);
        tx.delete('fresh', messageId);
      }
      // What still waits to go out to them goes nowhere.
      for (const [key, item] of store.entries('outbox'))
        if (item.conversation === id) tx.delete('outbox', key);
      tx.delete('contacts', id);
      tx.delete('conversations', id);
      tx.put('erased', id, platform.clock.now());
    });
    // A message that came in meanwhile has made a conversation again, or was in the same batch as the deletion.
  } while (store.get('conversations', id) === undefined && store.countMessages(id) > 0);
  context.changed();
  if (removed === null) throw noContact();
  return removed;
}

async function messageIds(store: ProfileStore, conversation: string): Promise<string[]> {
  const ids: string[] = [];
  for (let afterId = startOf(conversation); ; ) {
    const page = await store.messagesAfter(conversation, { limit: pageMessages, afterId });
    for (const { id } of page) ids.push(id);
    const last = page.at(-1);
    if (last === undefined || page.length < pageMessages) return ids;
    afterId = last.id;
  }
}

function noRequest(): NotFoundError {
  return new NotFoundError('no-request', 'There is no message request of that account. Nothing was changed.');
}
