import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { RetrievedBatch, RetrievedItem } from '../../net/index.ts';
import { namespaces } from '../../protocol/namespaces.ts';
import type { ConfigSync } from '../config-sync/config-sync.ts';
import { kindOf } from '../config-sync/configs.ts';
import type { Context } from '../context.ts';
import { refreshLines } from '../kinds/lines.ts';
import { isDropped } from '../people/blocking.ts';
import { readIncoming } from './incoming.ts';
import type { ReadItem } from './item.ts';
import { Round } from './round.ts';

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
  readonly #configs: ConfigSync;
  readonly #onChanges: () => void;
  #tail: Promise<unknown> = Promise.resolve();
  #stored = 0;

  /** `onChanges`: something may be to be done in the own swarm. */
  constructor(context: Context, configs: ConfigSync, onChanges: () => void) {
    this.#context = context;
    this.#configs = configs;
    this.#onChanges = onChanges;
  }

  /** Messages stored since the start. */
  get stored(): number {
    return this.#stored;
  }

  cursor(node: string, account: string, namespace: number): string | undefined {
    const key = cursorKey(node, account, namespace);
    const kind = kindOf(namespace);
    // Without a config, all that there is of it is wanted.
    if (kind !== null && this.#context.store.get('configs', kind) === undefined) return undefined;
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
    const { store, keys, changed, events } = this.#context;
    const key = cursorKey(batch.node, keys.accountId, batch.namespace);
    for (let i = 0; i < batch.malformed; i++) this.#context.skip('malformed-item');
    if (batch.namespace !== namespaces.oneToOne) {
      await this.#configs.take(batch, key);
      return;
    }
    const fresh = batch.items.filter((item) => store.get('seen', item.hash) === undefined);
    const read: { item: RetrievedItem; incoming: ReadItem }[] = [];
    const receivedAt = this.#context.platform.clock.now();
    for (const [index, item] of fresh.entries()) {
      if (index % itemsPerSlice === itemsPerSlice - 1) await yieldToOthers();
      read.push({ item, incoming: readIncoming(item, keys, receivedAt) });
    }
    if (read.length === 0 && batch.cursor === null) return;
    const round = await store.transact((tx) => {
      const round = new Round(tx, this.#context);
      for (const { item, incoming } of read) {
        tx.put('seen', item.hash, item.expiresAt);
        if (incoming.kind === 'skip') round.skip(incoming.code);
        else if (isDropped(tx.get('contacts', incoming.from), incoming.sentAt)) round.skip('blocked');
        else incoming.apply(round);
      }
      if (batch.cursor) tx.put('cursors', key, batch.cursor);
      return round;
    });
    this.#stored += round.messages.length;
    await refreshLines(this.#context, round.recounts);
    if (read.length > 0) {
      changed();
      this.#onChanges();
    }
    for (const event of round.events()) events.emit(event);
  }
}

function cursorKey(node: string, account: string, namespace: number): string {
  return `${node}|${account}|${namespace}`;
}
