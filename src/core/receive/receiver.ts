import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { RetrievedBatch, RetrievedItem } from '../../net/index.ts';
import { namespaces } from '../../protocol/namespaces.ts';
import type { StoreTransaction } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { contactIn, putNewMessage } from '../records.ts';
import type { Message } from '../types.ts';
import { toMessage } from '../views.ts';
import { type Incoming, readIncoming, type SenderProfile } from './incoming.ts';

/** Items decrypted before other work gets its turn: about 5 ms. */
const itemsPerSlice = 12;

/** Own namespaces in the order of polling (network.md section 5.2). */
export const ownNamespaces: readonly number[] = [
  namespaces.oneToOne,
  namespaces.userProfile,
  namespaces.contacts,
  namespaces.userGroups,
  namespaces.convoInfoVolatile,
];

/**
 * Takes what swarm members hand over: each item is decrypted, verified and de-duplicated, all of a batch is stored in
 * one transaction together with the seen hashes and the cursor, and only then announced. A bad item is counted and
 * remembered as seen; it never holds up another one.
 */
export class Receiver {
  readonly #context: Context;
  /** Cursors of config namespaces live as long as the process: their content is merged by a later version. */
  readonly #configCursors = new Map<string, string>();
  #tail: Promise<unknown> = Promise.resolve();
  #stored = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Messages stored since the start. */
  get stored(): number {
    return this.#stored;
  }

  cursor(node: string, account: string, namespace: number): string | undefined {
    const key = cursorKey(node, account, namespace);
    if (namespace !== namespaces.oneToOne) return this.#configCursors.get(key);
    const cursor = this.#context.store.get('cursors', key);
    return cursor !== undefined && cursor.expiresAt > this.#context.network.now() ? cursor.hash : undefined;
  }

  /** Batches of several nodes arrive side by side and hold the same items: they are taken one after the other. */
  take(batch: RetrievedBatch): Promise<void> {
    const done = this.#tail.then(() => this.#take(batch));
    this.#tail = done.catch(() => undefined);
    return done;
  }

  async #take(batch: RetrievedBatch): Promise<void> {
    const { store, keys } = this.#context;
    const key = cursorKey(batch.node, keys.accountId, batch.namespace);
    for (let i = 0; i < batch.malformed; i++) this.#context.skip('malformed-item');
    if (batch.namespace !== namespaces.oneToOne) {
      if (batch.cursor) this.#configCursors.set(key, batch.cursor.hash);
      return;
    }
    const fresh = batch.items.filter((item) => store.get('seen', item.hash) === undefined);
    const read: { item: RetrievedItem; incoming: Incoming }[] = [];
    const receivedAt = this.#context.platform.clock.now();
    for (const [index, item] of fresh.entries()) {
      if (index % itemsPerSlice === itemsPerSlice - 1) await yieldToOthers();
      read.push({ item, incoming: readIncoming(item, keys, receivedAt) });
    }
    const known = new Set<string>();
    for (const { incoming } of read) {
      if (incoming.kind !== 'message') continue;
      const { conversation, from, sentAt, id } = incoming.message;
      if ((await store.findMessage(conversation, from, sentAt)) !== undefined) known.add(id);
    }
    if (read.length === 0 && batch.cursor === null) return;

    const announce: Message[] = [];
    const recount = new Set<string>();
    const accepted: { conversation: string }[] = [];
    const stored = await store.transact((tx) => {
      const messages = [];
      for (const { item, incoming } of read) {
        tx.put('seen', item.hash, item.expiresAt);
        if (incoming.kind === 'skip') {
          this.#context.skip(incoming.code);
        } else if (incoming.kind === 'accepted') {
          if (this.#applyAcceptance(tx, incoming)) accepted.push({ conversation: incoming.from });
        } else if (known.has(incoming.message.id)) {
          this.#context.skip('duplicate');
        } else if (this.#isBlocked(tx, incoming.message.from)) {
          this.#context.skip('blocked');
        } else {
          known.add(incoming.message.id);
          putNewMessage(tx, incoming.message, keys.accountId);
          tx.put('fresh', incoming.message.id, incoming.message.sentAt);
          this.#applyContact(tx, incoming);
          if (incoming.message.direction === 'out') recount.add(incoming.message.conversation);
          messages.push(incoming.message);
        }
      }
      if (batch.cursor) tx.put('cursors', key, batch.cursor);
      return messages;
    });
    this.#stored += stored.length;
    for (const message of stored) announce.push(toMessage(message, store));
    await this.#recount(recount);
    if (read.length > 0) this.#context.changed();
    announce.sort((a, b) => a.sentAt - b.sentAt);
    for (const message of announce) this.#context.events.emit({ event: 'message', message });
    for (const { conversation } of accepted) {
      this.#context.events.emit({ event: 'notice', conversation, text: 'accepted your message request' });
    }
  }

  /** One's own message from another device moves the read mark: what came after it is still unread. */
  async #recount(conversations: ReadonlySet<string>): Promise<void> {
    const { store } = this.#context;
    for (const id of conversations) {
      const record = store.get('conversations', id);
      if (record === undefined) continue;
      const unread = await store.countUnread(id, record.readUpTo);
      if (unread === record.unread) continue;
      await store.transact((tx) => {
        const now = tx.get('conversations', id);
        if (now !== undefined) tx.put('conversations', id, { ...now, unread });
      });
    }
  }

  #isBlocked(tx: StoreTransaction, from: string): boolean {
    return tx.get('contacts', from)?.blocked === true;
  }

  /** Writing to us accepts us; our own message to them, from whichever device, accepts them (messages.md section 14). */
  #applyContact(tx: StoreTransaction, incoming: Extract<Incoming, { kind: 'message' }>): void {
    const { keys } = this.#context;
    if (incoming.peer === keys.accountId) return;
    const contact = contactIn(tx, incoming.peer);
    const outgoing = incoming.message.direction === 'out';
    tx.put('contacts', incoming.peer, {
      ...contact,
      approved: contact.approved || outgoing,
      approvedMe: contact.approvedMe || !outgoing,
      ...profileChange(contact, incoming.profile),
    });
  }

  #applyAcceptance(tx: StoreTransaction, incoming: Extract<Incoming, { kind: 'accepted' }>): boolean {
    const contact = contactIn(tx, incoming.from);
    if (contact.blocked) return false;
    tx.put('contacts', incoming.from, {
      ...contact,
      approvedMe: true,
      ...profileChange(contact, incoming.profile),
    });
    return !contact.approvedMe && contact.approved;
  }
}

/** When a profile may replace what is known: accounts.md section 10. */
function profileChange(
  contact: Readonly<{ name: string; profileUpdatedAtSec: number }>,
  profile: SenderProfile | null,
): { name?: string; profileUpdatedAtSec?: number } {
  if (profile === null) return {};
  const { updatedAtSec } = profile;
  const current = contact.profileUpdatedAtSec;
  if (!((updatedAtSec === 0 && current === 0) || updatedAtSec > current)) return {};
  return { profileUpdatedAtSec: updatedAtSec, ...(profile.name === '' ? {} : { name: profile.name }) };
}

function cursorKey(node: string, account: string, namespace: number): string {
  return `${node}|${account}|${namespace}`;
}
