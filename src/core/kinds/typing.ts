/** Typing indicators: sent and shown only where they are switched on, and never stored (messages.md section 11). */
import { parseAccountId } from '../../protocol/ids.ts';
import { buildTyping } from '../../protocol/kinds.ts';
import { namespaces } from '../../protocol/namespaces.ts';
import { encryptOneToOne } from '../../protocol/one-to-one.ts';
import type { StoreTransaction } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { isTrusted } from '../people/trust.ts';

/** The network forgets a notice after this; one that is older says nothing. */
const ttlMs = 20_000;
/** Who goes on typing says so again after this; who has stopped for as long is said to have stopped. */
const againMs = 10_000;
/** Somebody is shown as typing for so long at most. */
const shownMs = 15_000;

/** Whether they are switched on. */
export function showsTyping(store: Pick<StoreTransaction, 'get'>): boolean {
  return store.get('settings', 'typing-indicators') === 'on';
}

type Own = { saidAt: number; cancelStop: () => void };

export class Typing {
  readonly #context: Omit<Context, 'typing'>;
  readonly #signal: AbortSignal;
  /** who types, and what ends that */
  readonly #others = new Map<string, () => void>();
  /** where one types oneself */
  readonly #own = new Map<string, Own>();

  constructor(context: Omit<Context, 'typing'>, signal: AbortSignal) {
    this.#context = context;
    this.#signal = signal;
    signal.addEventListener('abort', () => {
      for (const end of this.#others.values()) end();
      for (const own of this.#own.values()) own.cancelStop();
    });
  }

  isTyping(conversation: string): boolean {
    return this.#others.has(conversation);
  }

  /** Somebody says that they type or have stopped. `sentAt`: network time, ms. */
  heard(from: string, typing: boolean, sentAt: number): void {
    const { clock } = this.#context.platform;
    this.#others.get(from)?.();
    const left = Math.min(shownMs, sentAt + ttlMs - this.#context.network.now());
    if (!typing || left <= 0 || this.#signal.aborted) {
      this.#stopped(from);
      return;
    }
    const isNew = !this.#others.has(from);
    this.#others.set(
      from,
      clock.after(left, () => this.#stopped(from)),
    );
    if (isNew) this.#tell(from, true);
  }

  /** A message of theirs has come: they type no longer. */
  wrote(from: string): void {
    this.#others.get(from)?.();
    this.#stopped(from);
  }

  #stopped(from: string): void {
    if (this.#others.delete(from)) this.#tell(from, false);
  }

  #tell(from: string, typing: boolean): void {
    this.#context.changed();
    this.#context.events.emit({ event: 'typing', conversation: from, from, typing });
  }

  /** A key was pressed in the composer of a conversation (`typing`), or it is empty or closed. */
  set(conversation: string, typing: boolean): void {
    const { clock } = this.#context.platform;
    const own = this.#own.get(conversation);
    own?.cancelStop();
    if (!typing) {
      this.#own.delete(conversation);
      if (own !== undefined) this.#send(conversation, false);
      return;
    }
    if (!this.#mayTell(conversation)) return;
    const now = clock.monotonic();
    const isDue = own === undefined || now - own.saidAt >= againMs;
    const cancelStop = clock.after(againMs, () => this.set(conversation, false));
    this.#own.set(conversation, { saidAt: isDue ? now : own.saidAt, cancelStop });
    if (isDue) this.#send(conversation, true);
  }

  /** What was typed is sent: that says it all. */
  sent(conversation: string): void {
    this.#own.get(conversation)?.cancelStop();
    this.#own.delete(conversation);
  }

  #mayTell(conversation: string): boolean {
    const { store, keys, network } = this.#context;
    return (
      conversation !== keys.accountId &&
      showsTyping(store) &&
      isTrusted(store.get('contacts', conversation)) &&
      network.status().phase === 'online' &&
      !this.#signal.aborted
    );
  }

  /** Once, and never later: nobody wants to know who typed a minute ago. */
  #send(conversation: string, started: boolean): void {
    const recipient = parseAccountId(conversation);
    if (recipient === null || !this.#mayTell(conversation)) return;
    const { store, keys, network, platform, sentTimes } = this.#context;
    const send = async (): Promise<void> => {
      const sentAt = await store.transact((tx) => sentTimes.next(tx, network.now()));
      const data = encryptOneToOne({
        content: buildTyping({ sentAt, started }),
        sentAt,
        sender: keys,
        recipient,
        random: platform.randomBytes,
      });
      const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(againMs)]);
      await network.store({ recipient, namespace: namespaces.oneToOne, data, ttlMs }, signal);
    };
    send().catch(() => platform.logger.debug('typing was not told', {}));
  }
}
