/** The conversation list's cursor, and the order of the list, which is held while somebody looks for a place in it. */
import { listRows, listTop } from '../panes/list-pane.ts';
import { cursorPlaces, orderOf, requestsRow } from '../state/list-order.ts';
import type { Environment } from './environment.ts';
import { listContentOf, listCursorOf } from './model.ts';

export type ListCommands = Readonly<{
  moveCursor(by: number | 'first' | 'last'): void;
  /** opens what is under the cursor, or shows and hides the message requests */
  openUnderCursor(): void;
  toggleRequests(): void;
  /** what waited takes its place now */
  update(): void;
}>;

export class ListMoves implements ListCommands {
  readonly #env: Environment;
  readonly #open: (conversation: string) => void;
  #inTriage = false;
  #unsubscribe: () => void = () => {};

  constructor(env: Environment, open: (conversation: string) => void) {
    this.#env = env;
    this.#open = open;
  }

  start(): void {
    this.#unsubscribe = this.#env.store.subscribe(this.#hold);
    this.#hold();
  }

  stop(): void {
    this.#unsubscribe();
  }

  /** Nothing moves under the cursor while the list has the focus, nor while one goes through the unread ones. */
  readonly #hold = (): void => {
    const { focus, triage, listOrder } = this.#env.ui;
    const isHeld = focus === 'list' || triage !== null;
    const isOver = this.#inTriage && triage === null;
    this.#inTriage = triage !== null;
    if (isHeld && (listOrder === null || isOver)) this.update();
    else if (!isHeld && listOrder !== null) this.#env.store.dispatch({ kind: 'list-held', order: null });
  };

  update(): void {
    const order = orderOf(this.#env.session.getState().conversations);
    this.#env.store.dispatch({ kind: 'list-held', order });
  }

  moveCursor(by: number | 'first' | 'last'): void {
    const { ui, session } = this.#env;
    const places = cursorPlaces(listContentOf(session.getState(), ui));
    const at = places.indexOf(listCursorOf(session.getState(), ui) ?? '');
    const target = by === 'first' ? 0 : by === 'last' ? places.length - 1 : at + by;
    const cursor = places[Math.max(0, Math.min(places.length - 1, target))];
    if (cursor !== undefined) this.#moveTo(cursor);
  }

  /** Puts the cursor on a conversation, and the focus on the list. */
  show(conversation: string): void {
    const { session, ui, store } = this.#env;
    const isThere = () =>
      cursorPlaces(listContentOf(session.getState(), this.#env.ui)).includes(conversation);
    if (
      !isThere() &&
      session.getState().conversations.some(({ id, request }) => id === conversation && request)
    )
      store.dispatch({ kind: 'requests-shown', shown: true });
    if (ui.listOrder !== null && !isThere()) this.update();
    this.#moveTo(conversation);
    this.#env.focus('list');
  }

  openUnderCursor(): void {
    const cursor = listCursorOf(this.#env.session.getState(), this.#env.ui);
    if (cursor !== null) this.choose(cursor);
  }

  /** Opens a conversation, or shows and hides the requests by their row. */
  choose(place: string): void {
    if (place === requestsRow) this.toggleRequests();
    else this.#open(place);
  }

  toggleRequests(): void {
    const { session, ui, store } = this.#env;
    const places = cursorPlaces(listContentOf(session.getState(), ui));
    if (!places.includes(requestsRow)) return;
    const requests = session.getState().conversations.filter(({ request }) => request);
    const shown = requests.some(({ id }) => places.includes(id));
    store.dispatch({ kind: 'requests-shown', shown: !shown });
    if (this.#env.ui.focus === 'list') this.#moveTo(requestsRow);
  }

  #moveTo(cursor: string): void {
    const { ui, session, layout, store } = this.#env;
    const content = listContentOf(session.getState(), ui);
    const top = listTop(content, cursor, ui.listTop, listRows(layout.mainRows));
    store.dispatch({ kind: 'list-moved', cursor, top });
  }
}
