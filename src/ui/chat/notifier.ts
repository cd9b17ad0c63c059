/**
 * Decides whether messages are worth a notification, what it says, and sees to it that a flood of them makes no noise:
 * what was missed while this device was away makes one summary once it is all here, and what comes now at most one
 * notification in five seconds.
 */

import type { Conversation, CoreEvent, Message, Session } from '../../core/types.ts';
import { type OscPayload, oscPayload } from '../../text/osc-payload.ts';
import { type SafeText, sanitizeText } from '../../text/sanitize.ts';
import type { Clock } from '../../util/clock.ts';
import { namedText } from '../panes/mentions.ts';
import { conversationTitle } from '../panes/names.ts';
import { settingOf } from '../setting-of.ts';
import type { NotificationCommand, NotificationWay } from '../terminal/notification.ts';
import { peopleOf } from './model.ts';

const atMostEveryMs = 5000;
/** No more than this of a text is looked at. */
const maxBody = 2000;
/** Written so long before it came here, a message is one that was missed. */
const missedAfterMs = 60_000;
/** So long nothing more has come: what was missed is all here. */
const quietMs = 1500;
const ways: readonly NotificationWay[] = ['bell', 'osc9', 'osc777', 'osc99', 'off'];

export type NotifierOptions = Readonly<{
  session: Session;
  clock: Clock;
  /** a person can see the newest messages of this conversation now */
  isSeen(conversation: string): boolean;
  notify(way: NotificationWay, words: OscPayload): void;
  /** runs the person's own program; null: none can be run */
  run: NotificationCommand | null;
  /** says that it could not be run */
  complain(words: SafeText): void;
}>;

export class Notifier {
  readonly #options: NotifierOptions;
  readonly #session: Session;
  readonly #clock: Clock;
  #last = Number.NEGATIVE_INFINITY;
  /** the newest message that was not told of, and how many there are, by conversation */
  readonly #waiting = new Map<string, Readonly<{ newest: Message; count: number }>>();
  #cancel: (() => void) | null = null;
  /** when one that came just now is told of at the latest */
  #due = Number.POSITIVE_INFINITY;
  #hasComplained = false;

  constructor(options: NotifierOptions) {
    this.#options = options;
    this.#session = options.session;
    this.#clock = options.clock;
  }

  /** A notification for a message of somebody else, unless it is seen, its conversation is muted, or it is a request. */
  onEvent(event: CoreEvent): void {
    if (event.event !== 'message' || event.message.direction !== 'in' || event.message.request) return;
    const { message } = event;
    if (!this.#isNews(message.conversation)) return;
    const count = (this.#waiting.get(message.conversation)?.count ?? 0) + 1;
    this.#waiting.set(message.conversation, { newest: message, count });
    const now = this.#clock.monotonic();
    const earliest = Math.max(now, this.#last + atMostEveryMs);
    const isMissed = message.receivedAt - message.sentAt > missedAfterMs;
    // One that comes now does not wait for those that were missed.
    if (!isMissed) {
      this.#due = Math.min(this.#due, earliest);
      this.#tellAt(this.#due);
    } else this.#tellAt(Math.min(this.#due, Math.max(earliest, now + quietMs)));
  }

  /** Nothing is told any more. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#waiting.clear();
  }

  #tellAt(at: number): void {
    this.#cancel?.();
    this.#cancel = null;
    const left = at - this.#clock.monotonic();
    if (left <= 0) this.#tell();
    else this.#cancel = this.#clock.after(left, () => this.#tell());
  }

  #tell(): void {
    this.#cancel = null;
    this.#due = Number.POSITIVE_INFINITY;
    for (const id of [...this.#waiting.keys()]) if (!this.#isNews(id)) this.#waiting.delete(id);
    const words = this.#words();
    this.#waiting.clear();
    if (words === null) return;
    this.#last = this.#clock.monotonic();
    const way = this.#setting('notifications');
    this.#options.notify(ways.find((one) => one === way) ?? 'bell', words);
    const command = this.#setting('notification-command');
    if (command !== 'off' && this.#options.run !== null) void this.#run(this.#options.run, command, words);
  }

  async #run(run: NotificationCommand, command: string, body: OscPayload): Promise<void> {
    const trouble = await run(command, { title: oscPayload('session-tui'), body });
    if (trouble === null || this.#hasComplained) return;
    this.#hasComplained = true;
    this.#options.complain(sanitizeText(trouble));
  }

  #isNews(id: string): boolean {
    const known = this.#conversation(id);
    return (known?.mutedUntil ?? 0) <= this.#clock.now() && !this.#options.isSeen(id);
  }

  #conversation(id: string): Conversation | undefined {
    return this.#session.getState().conversations.find((conversation) => conversation.id === id);
  }

  /** Null: nothing waits. It always begins with words of ours: some terminals take a number there for a command. */
  #words(): OscPayload | null {
    const count = [...this.#waiting.values()].reduce((sum, waiting) => sum + waiting.count, 0);
    const [only, ...others] = this.#waiting.keys();
    if (only === undefined) return null;
    const content = this.#setting('notification-content');
    const conversation = this.#conversation(only);
    const head = count === 1 ? 'New message' : `New messages: ${count}`;
    if (content === 'none' || conversation === undefined) return oscPayload(head);
    if (others.length > 0) return oscPayload(head, `in ${others.length + 1} conversations`);
    const name = conversationTitle(conversation);
    const body = this.#waiting.get(only)?.newest.body ?? '';
    if (content === 'name' || count > 1 || body === '') return oscPayload(head, 'from', name);
    return oscPayload(
      head,
      'from',
      `${name}:`,
      namedText(body.slice(0, maxBody), peopleOf(this.#session.getState())),
    );
  }

  #setting(name: 'notifications' | 'notification-content' | 'notification-command'): string {
    return String(settingOf(this.#session, name) ?? '');
  }
}
