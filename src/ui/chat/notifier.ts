/** Decides whether a message is worth a notification, and sees to it that a flood of them makes no noise. */
import type { CoreEvent, Session } from '../../core/types.ts';
import type { Clock } from '../../util/clock.ts';
import type { NotificationWay } from '../terminal/notification.ts';

const atMostEveryMs = 5000;
const ways: readonly NotificationWay[] = ['bell', 'osc9', 'osc777', 'osc99', 'off'];

export type NotifierOptions = Readonly<{
  session: Session;
  clock: Clock;
  /** a person can see the newest messages of this conversation now */
  isSeen(conversation: string): boolean;
  notify(way: NotificationWay): void;
}>;

export class Notifier {
  readonly #options: NotifierOptions;
  #last = Number.NEGATIVE_INFINITY;

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  /** A notification for a message of somebody else, unless it is seen, its conversation is muted, or it is a request. */
  onEvent(event: CoreEvent): void {
    if (event.event !== 'message' || event.message.direction !== 'in' || event.message.request) return;
    const { session, clock, isSeen, notify } = this.#options;
    const { conversation } = event.message;
    const known = session.getState().conversations.find(({ id }) => id === conversation);
    if ((known?.mutedUntil ?? 0) > clock.now() || isSeen(conversation)) return;
    const now = clock.monotonic();
    if (now - this.#last < atMostEveryMs) return;
    this.#last = now;
    notify(this.#way());
  }

  #way(): NotificationWay {
    const value = this.#options.session.settings().find(({ key }) => key === 'notifications')?.value;
    return ways.find((way) => way === value) ?? 'bell';
  }
}
