/**
 * Going through the unread conversations one by one: the queue is that of the moment one began, whatever comes in
 * meanwhile, and nothing counts as read before one says so.
 */
import { mutedForGood } from '../../core/index.ts';
import type { Conversation } from '../../core/types.ts';
import { safe } from '../../text/sanitize.ts';
import { orderOf } from '../state/list-order.ts';
import { answeredBy, type Triage } from '../state/ui-state.ts';
import type { Environment } from './environment.ts';

export type TriageCommands = Readonly<{
  /** begins; while one goes through them: the open one is read, and the next one is opened */
  next(): void;
  /** the open one stays unread */
  later(): void;
  /** the open one is read, and makes no notifications any more */
  mute(): void;
  stop(): void;
}>;

export type TriageOutcomes = Readonly<{
  /** opens a conversation where its unread messages begin, the messages focused */
  openUnread(conversation: string): void;
  open(conversation: string): void;
  /** lets go of the open conversation */
  close(): void;
  selectMessage(): void;
}>;

export class Triaging implements TriageCommands {
  readonly #env: Environment;
  readonly #outcomes: TriageOutcomes;
  /** what was open before */
  #before: string | null = null;
  /** the open conversation changes by our own doing */
  #isMoving = false;
  #unsubscribe: () => void = () => {};

  constructor(env: Environment, outcomes: TriageOutcomes) {
    this.#env = env;
    this.#outcomes = outcomes;
  }

  start(): void {
    this.#unsubscribe = this.#env.store.subscribe(this.#follow);
  }

  stopFollowing(): void {
    this.#unsubscribe();
  }

  next(): void {
    const { triage } = this.#env.ui;
    if (triage === null) this.#begin();
    else this.#done(triage, 'read');
  }

  later(): void {
    const { triage } = this.#env.ui;
    if (triage !== null) this.#done(triage, 'later');
  }

  mute(): void {
    const { triage } = this.#env.ui;
    if (triage !== null) this.#done(triage, 'muted');
  }

  stop(): void {
    const { triage } = this.#env.ui;
    if (triage !== null) this.#finish(triage);
  }

  /** Something was sent in the open conversation. */
  sent(): void {
    const { triage, open } = this.#env.ui;
    if (triage === null || open === null) return;
    const answered = new Set([...triage.answered, open]);
    this.#env.store.dispatch({ kind: 'triage', triage: { ...triage, answered } });
  }

  /** What Esc does meanwhile: back to the messages, and from there it ends. False: nothing of this. */
  back(): boolean {
    const { triage, focus } = this.#env.ui;
    if (triage === null || (focus === 'composer' && answeredBy(this.#env.ui) !== null)) return false;
    if (focus === 'messages') this.#finish(triage);
    else this.#outcomes.selectMessage();
    return true;
  }

  #begin(): void {
    const { conversations } = this.#env.session.getState();
    const unread = new Set(conversations.flatMap((one) => (one.unread > 0 ? one.id : [])));
    const order = orderOf(conversations).filter(({ id }) => unread.has(id));
    // Strangers come last.
    const queue = [
      ...order.filter(({ section }) => section !== 'requests'),
      ...order.filter(({ section }) => section === 'requests'),
    ].map(({ id }) => id);
    if (queue.length === 0) {
      this.#env.notify(safe('Nothing is unread.'));
      return;
    }
    this.#before = this.#env.ui.open;
    this.#show({ queue, at: 0, outcomes: new Map(), answered: new Set() });
  }

  #done(triage: Triage, outcome: 'read' | 'muted' | 'later'): void {
    const { queue, at } = triage;
    const id = queue[at];
    if (id === undefined) return;
    const { session, report } = this.#env;
    if (outcome !== 'later') session.markRead(id).catch(report);
    if (outcome === 'muted') session.changeContact(id, { mutedUntil: mutedForGood }).catch(report);
    this.#advance({ ...triage, outcomes: new Map([...triage.outcomes, [id, outcome]]) });
  }

  /** To the next one that is still there. */
  #advance(triage: Triage): void {
    const at = triage.queue.findIndex((id, index) => index > triage.at && this.#find(id) !== undefined);
    if (at < 0) this.#finish(triage);
    else this.#show({ ...triage, at });
  }

  #find(id: string): Conversation | undefined {
    return this.#env.session.getState().conversations.find((one) => one.id === id);
  }

  #show(triage: Triage): void {
    this.#moving(() => {
      this.#env.store.dispatch({ kind: 'triage', triage });
      this.#outcomes.openUnread(triage.queue[triage.at] ?? '');
    });
  }

  /** Back to what was open before, unless that is to stay unread; then the words. */
  #finish(triage: Triage): void {
    const before = this.#before;
    this.#moving(() => {
      const isDone = before !== null && (!triage.queue.includes(before) || isSettled(triage, before));
      if (before !== null && isDone && this.#find(before) !== undefined) this.#outcomes.open(before);
      else this.#outcomes.close();
      this.#env.store.dispatch({ kind: 'triage', triage: null });
    });
    this.#env.notify(safe(this.#summary(triage)));
  }

  #summary({ queue, outcomes, answered }: Triage): string {
    const count = (wanted: string) => [...outcomes.values()].filter((outcome) => outcome === wanted).length;
    const left = queue.length - count('read') - count('muted');
    const parts = [
      `${count('read')} read`,
      answered.size > 0 ? `${answered.size} answered` : '',
      count('muted') > 0 ? `${count('muted')} muted` : '',
      `${left} left unread`,
    ].filter((part) => part !== '');
    const { conversations } = this.#env.session.getState();
    const more = conversations.filter(({ id, unread }) => unread > 0 && !queue.includes(id)).length;
    const since = more === 0 ? '' : ` ${more} more ${more === 1 ? 'has' : 'have'} come since.`;
    return `Triage of ${queue.length}: ${parts.join(', ')}.${since}`;
  }

  #moving(work: () => void): void {
    this.#isMoving = true;
    try {
      work();
    } finally {
      this.#isMoving = false;
    }
  }

  /** Whoever goes somewhere else has ended it; a conversation that is gone (a request declined) leads to the next one. */
  readonly #follow = (): void => {
    const { triage, open } = this.#env.ui;
    if (triage === null || this.#isMoving) return;
    const current = triage.queue[triage.at];
    if (current === undefined || open === current) return;
    if (open === null && this.#find(current) === undefined) {
      this.#advance({ ...triage, outcomes: new Map([...triage.outcomes, [current, 'read']]) });
      return;
    }
    this.#env.store.dispatch({ kind: 'triage', triage: null });
    this.#env.notify(safe(this.#summary(triage)));
  };
}

function isSettled({ outcomes }: Triage, id: string): boolean {
  const outcome = outcomes.get(id);
  return outcome === 'read' || outcome === 'muted';
}
