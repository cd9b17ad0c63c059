/**
 * Old messages must not bring back who was deleted or hidden meanwhile: a device that reads the whole swarm, such as one
 * that has just been restored, goes by the configs of the other devices: Contacts, for notes to oneself UserProfile
 * (messages.md section 7.6).
 */
import type { ConfigKind } from '../../protocol/config/kinds.ts';
import type { StoreTransaction } from '../../store/index.ts';

/** `settings` keys: when another device stored the newest of them that was merged here, network time, ms. */
const storedAtKeys: Partial<Record<ConfigKind, string>> = {
  Contacts: 'contactsAt',
  UserProfile: 'profileAt',
};

/** A config that is no more than this newer than a message says nothing of it, ms. */
const slackMs = 120_000;

/** A config of another device, stored at `storedAt` (ms), counts from now on. */
export function putConfigAt(tx: StoreTransaction, kind: ConfigKind, storedAt: number): void {
  const key = storedAtKeys[kind];
  if (key !== undefined && storedAt > configAt(tx, kind)) tx.put('settings', key, storedAt);
}

/** Whether a message of `sentAt` (ms) belongs to a conversation that another device has deleted or hidden since. */
export function isRemoved(tx: StoreTransaction, conversation: string, self: string, sentAt: number): boolean {
  const kind = conversation === self ? 'UserProfile' : 'Contacts';
  if (sentAt > configAt(tx, kind) - slackMs) return false;
  const line = tx.get('conversations', conversation);
  if (line !== undefined) return line.hidden || (kind === 'Contacts' && !isContact(tx, conversation));
  return kind === 'UserProfile' || !isContact(tx, conversation, true);
}

/** `withoutLine`: who only said that they accept us is none. */
function isContact(tx: StoreTransaction, id: string, withoutLine = false): boolean {
  const contact = tx.get('contacts', id);
  if (contact === undefined) return false;
  return !withoutLine || contact.approved || contact.blocked || contact.nickname !== null;
}

function configAt(tx: StoreTransaction, kind: ConfigKind): number {
  const stored = tx.get('settings', storedAtKeys[kind] ?? '');
  return typeof stored === 'number' ? stored : 0;
}
