/**
 * Old messages must not bring back who was deleted or hidden meanwhile: a device that reads the whole swarm, such as one
 * that has just been restored, goes by the Contacts config of the other devices (messages.md section 7.6).
 */
import type { StoreTransaction } from '../../store/index.ts';

/** `settings` key: when another device stored the newest Contacts config that was merged here, network time, ms. */
const contactsAtKey = 'contactsAt';

/** A config that is no more than this newer than a message says nothing of it, ms. */
const slackMs = 120_000;

/** A Contacts config of another device, stored at `storedAt` (ms), counts from now on. */
export function putContactsAt(tx: StoreTransaction, storedAt: number): void {
  if (storedAt > contactsAt(tx)) tx.put('settings', contactsAtKey, storedAt);
}

/** Whether a message of `sentAt` (ms) belongs to a conversation that another device has deleted or hidden since. */
export function isRemoved(tx: StoreTransaction, conversation: string, sentAt: number): boolean {
  if (sentAt > contactsAt(tx) - slackMs) return false;
  if (tx.get('contacts', conversation) === undefined) return true;
  return tx.get('conversations', conversation)?.hidden === true;
}

function contactsAt(tx: StoreTransaction): number {
  const stored = tx.get('settings', contactsAtKey);
  return typeof stored === 'number' ? stored : 0;
}
