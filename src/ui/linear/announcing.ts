/**
 * What happens by itself, in words: messages elsewhere (how many, not what), how one's own messages fare, the network
 * when it changes, notices. Each is said once.
 */
import type { CoreEvent, Message, Session } from '../../core/types.ts';
import { joinSafe, type SafeText, safe } from '../../text/sanitize.ts';
import type { Clock } from '../../util/clock.ts';
import { peopleOf } from '../chat/model.ts';
import { shortId, you } from '../panes/names.ts';
import { slowMs } from './asking.ts';
import type { MessageNumbers } from './numbers.ts';
import type { Paper } from './paper.ts';
import type { Reader } from './reader.ts';
import {
  deliveryWords,
  elsewhereWords,
  flat,
  joined,
  messageLines,
  nameOf,
  networkWords,
  reactionWords,
} from './words.ts';

/** Messages that come together are counted together. */
const gatherMs = 300;

export type AnnouncerOptions = Readonly<{
  session: Session;
  paper: Paper;
  clock: Clock;
  numbers: MessageNumbers;
  reader: Reader;
}>;

export class Announcer {
  readonly #options: AnnouncerOptions;
  /** typed here and not stored yet */
  readonly #typed: Readonly<{ conversation: string; body: string }>[] = [];
  readonly #elsewhere = new Map<string, number>();
  /** what was said last of a message of one's own */
  readonly #fates = new Map<string, string>();
  #phase: string | null = null;
  #isOver = false;
  #cancelCount: () => void = () => {};
  #undo: () => void = () => {};

  constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#undo = this.#options.session.onEvent(this.#onEvent);
  }

  stop(): void {
    this.#isOver = true;
    this.#undo();
    this.#cancelCount();
  }

  /** The next message of this text comes from here. */
  expect(conversation: string, body: string): () => void {
    const entry = { conversation, body };
    this.#typed.push(entry);
    return () => {
      const at = this.#typed.indexOf(entry);
      if (at >= 0) this.#typed.splice(at, 1);
    };
  }

  readonly #onEvent = (event: CoreEvent): void => {
    switch (event.event) {
      case 'message':
        this.#onMessage(event.message);
        break;
      case 'sent':
      case 'queued':
        this.#onFate(event.message);
        break;
      case 'message-changed':
        this.#onChanged(event.message);
        break;
      case 'receipt':
        this.#onFate(event.message);
        break;
      case 'reaction':
        this.#onReaction(event);
        break;
      case 'deleted':
        this.#onDeleted(event);
        break;
      case 'network':
        this.#onNetwork(event.network);
        break;
      case 'progress':
        this.#options.paper.say(
          safe(`Restoring from your other devices: ${event.done} of ${event.total} parts.`),
        );
        break;
      case 'notice':
        if (event.conversation === null || event.conversation === this.#options.reader.open)
          this.#options.paper.say(joined(safe('* '), flat(event.text)));
        break;
      default:
    }
  };

  #onMessage(message: Message): void {
    const { reader, clock } = this.#options;
    const typed = this.#typed.findIndex(
      ({ conversation, body }) => conversation === message.conversation && body === message.body,
    );
    if (message.direction === 'out' && message.status === 'queued' && typed >= 0) {
      this.#typed.splice(typed, 1);
      reader.wrote(message);
      this.#waitFor(message);
    } else if (message.conversation === reader.open || message.direction === 'out') reader.arrived(message);
    else {
      reader.arrived(message);
      const conversation = reader.conversation(message.conversation);
      if ((conversation?.mutedUntil ?? 0) > clock.now()) return;
      this.#elsewhere.set(message.conversation, (this.#elsewhere.get(message.conversation) ?? 0) + 1);
      if (this.#elsewhere.size > 1 || this.#elsewhere.get(message.conversation) !== 1) return;
      this.#cancelCount = clock.after(gatherMs, this.#count);
    }
  }

  readonly #count = (): void => {
    const { reader, paper } = this.#options;
    for (const [id, count] of this.#elsewhere) {
      const conversation = reader.conversation(id);
      if (conversation !== undefined && id !== reader.open) paper.say(elsewhereWords(conversation, count));
    }
    this.#elsewhere.clear();
  };

  /** A message that is on its way for long is said to be. */
  #waitFor(message: Message): void {
    this.#options.clock.after(slowMs, () => {
      if (!this.#isOver && !this.#fates.has(message.id)) this.#sayFate(message, safe('is on its way.'));
    });
  }

  #onFate(message: Message): void {
    const number = this.#options.numbers.of(message.id);
    // What was queued by a command or before the start is of interest only if it is in sight.
    if (number === null) return;
    this.#options.numbers.give(message);
    this.#sayFate(message, deliveryWords(message));
  }

  #onChanged(message: Message): void {
    const { numbers, paper, reader, session } = this.#options;
    const before = numbers.get(message.id);
    if (before === null) return;
    const number = numbers.give(message);
    if (message.direction === 'out' && message.status !== before.status)
      this.#sayFate(message, deliveryWords(message));
    if (message.body === before.body) return;
    paper.say([
      safe(`#${number} was changed:`),
      ...messageLines(message, {
        people: peopleOf(session.getState()),
        number,
        conversation: reader.conversation(message.conversation),
        quoted: null,
        quotedNumber: null,
      }),
    ]);
  }

  #onReaction({ message, from, emoji, removed }: Extract<CoreEvent, { event: 'reaction' }>): void {
    const { numbers, reader, paper, session } = this.#options;
    if (message.conversation !== reader.open || numbers.of(message.id) === null) return;
    const conversation = reader.conversation();
    const isOwn = from === session.getState().account.accountId;
    const who = isOwn ? you : conversation?.id === from ? nameOf(conversation) : shortId(from);
    paper.say(reactionWords(who, emoji, numbers.give(message), removed));
  }

  /** Nothing of a message that is gone can be asked for any more. */
  #onDeleted({ conversation, id, why, left }: Extract<CoreEvent, { event: 'deleted' }>): void {
    const { numbers, reader, paper } = this.#options;
    const number = numbers.remove(id);
    if (number === null || why === 'replaced') return;
    const whose = conversation === reader.open ? '' : ', in another conversation,';
    const how = { unsent: 'was taken back by its author', here: 'was deleted', expired: 'has disappeared' }[
      why
    ];
    paper.say(safe(`#${number}${whose} ${how}.`));
    if (left !== null) numbers.give(left);
  }

  #sayFate(message: Message, words: SafeText): void {
    if (this.#fates.get(message.id) === words) return;
    this.#fates.set(message.id, words);
    const { paper, numbers, reader } = this.#options;
    const conversation = reader.conversation(message.conversation);
    const isElsewhere = message.conversation !== reader.open && conversation !== undefined;
    const whose = isElsewhere ? joined(safe(' to '), nameOf(conversation)) : safe('');
    paper.say(joined(safe(`#${numbers.give(message)}`), whose, safe(' '), words));
  }

  /** Once for each change of the phase; what is only slow is in /network. */
  #onNetwork(network: Parameters<typeof networkWords>[0]): void {
    if (network.phase === this.#phase) return;
    const isFirst = this.#phase === null;
    this.#phase = network.phase;
    // Whoever starts expects that it connects.
    if (isFirst && network.phase !== 'offline') return;
    this.#options.paper.say(joinSafe([safe('Network:'), networkWords(network)], safe(' ')));
  }
}
