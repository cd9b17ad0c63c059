/** Searches, said as they find: at most so many, each with a number to go to. A new one ends the one before. */
import type { Message, Session } from '../../core/types.ts';
import { joinSafe, type SafeText, safe } from '../../text/sanitize.ts';
import type { Clock } from '../../util/clock.ts';
import { peopleOf } from '../chat/model.ts';
import { errorWords } from '../chat/words.ts';
import { foreignWithNames } from '../panes/mentions.ts';
import { clockTime, shortDay } from '../text/dates.ts';
import { excerptOf } from '../text/excerpt.ts';
import { slowMs } from './asking.ts';
import type { MessageNumbers } from './numbers.ts';
import type { Paper } from './paper.ts';
import type { Reader } from './reader.ts';
import { isolated, joined, nameOf, senderOf } from './words.ts';

const maxFound = 20;
const pageMessages = 20;
const excerptWidth = 120;
/** No more than this of a text is looked at. */
const maxBody = 20_000;

export type FinderOptions = Readonly<{
  session: Session;
  paper: Paper;
  clock: Clock;
  numbers: MessageNumbers;
  reader: Reader;
}>;

export class Finder {
  readonly #options: FinderOptions;
  #running: AbortController | null = null;

  constructor(options: FinderOptions) {
    this.#options = options;
  }

  /** True if a search was under way. */
  stop(): boolean {
    const running = this.#running;
    this.#running = null;
    running?.abort();
    return running !== null;
  }

  /** Searches one conversation, or all (null); resolves at the end. */
  async find(words: string, conversation: string | null): Promise<void> {
    this.stop();
    const { session, paper, clock } = this.#options;
    const running = new AbortController();
    const { signal } = running;
    this.#running = running;
    const cancel = clock.after(slowMs, () => {
      if (!signal.aborted) paper.say(safe('Searching… Ctrl-C ends it.'));
    });
    let found = 0;
    try {
      const hits =
        conversation === null ? session.search(words, signal) : this.#inOne(conversation, words, signal);
      for await (const message of hits) {
        if (signal.aborted) return;
        if (found === maxFound) {
          paper.say(
            safe(`There is more than these ${maxFound}. More words find less. /go N reads on from one.`),
          );
          return;
        }
        found += 1;
        paper.say(this.#lineOf(message, words, conversation === null));
      }
      if (signal.aborted) return;
      if (found === 0) paper.say(safe('Nothing was found that has all these words.'));
      else paper.say(safe(`${found} found, newest first. /go N reads on from one.`));
    } catch (error) {
      if (!signal.aborted) paper.say(errorWords(error));
    } finally {
      cancel();
      if (this.#running === running) this.#running = null;
    }
  }

  /** From the newest to the oldest. */
  async *#inOne(conversation: string, search: string, signal: AbortSignal): AsyncGenerator<Message> {
    let before: string | null = null;
    while (!signal.aborted) {
      const place: Readonly<{ before?: string }> = before === null ? {} : { before };
      const page = await this.#options.session.messages(conversation, {
        limit: pageMessages,
        search,
        ...place,
      });
      yield* page.toReversed();
      const oldest = page[0];
      if (oldest === undefined || page.length < pageMessages) return;
      before = oldest.id;
    }
  }

  #lineOf(message: Message, words: string, isEverywhere: boolean): SafeText {
    const { numbers, reader } = this.#options;
    const conversation = reader.conversation(message.conversation);
    const named = foreignWithNames(
      message.body.slice(0, maxBody),
      peopleOf(this.#options.session.getState()),
    );
    const { before, hit, after } = excerptOf(named, words, excerptWidth);
    const where =
      isEverywhere && conversation !== undefined
        ? joined(safe('['), nameOf(conversation), safe('] '))
        : safe('');
    const at = joinSafe([shortDay(message.sentAt), clockTime(message.sentAt)], safe(' '));
    return joined(
      safe(`#${numbers.give(message)} `),
      where,
      at,
      safe(' '),
      senderOf(message, conversation),
      safe(': '),
      isolated(joined(before, hit, after)),
    );
  }
}
