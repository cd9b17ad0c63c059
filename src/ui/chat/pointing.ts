/** What the mouse does in the chat: a click is what the keys would do at that place, the wheel scrolls what is under it. */
import { type DialogRoom, dialogRoom, placeDialog } from '../dialogs/dialog-view.ts';
import { dialogView } from '../dialogs/index.ts';
import { firstVisibleRow, offsetAt } from '../input/composer-layout.ts';
import { moveTo } from '../input/text-buffer.ts';
import { listEntryAt, listRows } from '../panes/list-pane.ts';
import { composerLayout, composerTextWidth, promptWidth } from '../state/layout.ts';
import type { Dialog } from '../state/ui-state.ts';
import type { Chord } from '../terminal/keys.ts';
import type { MouseInput } from '../terminal/mouse.ts';
import type { Environment } from './environment.ts';
import { listContentOf, listCursorOf } from './model.ts';

/** What a place on the screen can lead to. */
export type PointingOutcomes = Readonly<{
  /** as if the key had been pressed */
  press(chord: Chord): void;
  /** a conversation of the list, or its row above the requests */
  choose(place: string): void;
  moveListCursor(by: number): void;
  /** rows of messages, negative: up */
  scrollRows(delta: number): void;
  /** by its row in the message pane */
  selectAt(row: number): void;
  toNewest(): void;
}>;

/** Rows that one step of the wheel scrolls. */
const wheelRows = 3;

export class Pointing {
  readonly #env: Environment;
  readonly #outcomes: PointingOutcomes;

  constructor(env: Environment, outcomes: PointingOutcomes) {
    this.#env = env;
    this.#outcomes = outcomes;
  }

  handle(mouse: MouseInput): void {
    const { ui, layout } = this.#env;
    if (layout.mode === 'too-small') return;
    if (ui.dialog !== null) this.#inDialog(ui.dialog, mouse);
    else if (mouse.y >= layout.mainRows) return;
    else if (layout.mode === 'list' || (layout.mode === 'both' && mouse.x < layout.listWidth))
      this.#inList(mouse);
    else if (ui.open !== null && mouse.x >= layout.conversationLeft) this.#inConversation(mouse);
  }

  #inDialog(dialog: Dialog, mouse: MouseInput): void {
    const { ui, session, theme } = this.#env;
    const { columns, rows } = ui.size;
    // There the wheel's arrows would be taken for the key that is asked for.
    if (mouse.kind === 'wheel' && dialog.kind === 'key-press') return;
    if (mouse.kind === 'wheel') {
      for (let i = 0; i < wheelRows; i++) this.#outcomes.press(mouse.direction < 0 ? 'up' : 'down');
      return;
    }
    const room: DialogRoom = dialogRoom(columns, rows);
    const view = dialogView(dialog, { ui, session: session.getState() }, room, theme);
    const placed = placeDialog(view, columns, rows, theme, ui.link.isLean);
    const isOutside =
      mouse.x < placed.left ||
      mouse.x >= columns - placed.left ||
      mouse.y < placed.top ||
      mouse.y >= placed.top + placed.lines.length;
    if (isOutside) {
      this.#outcomes.press('escape');
      return;
    }
    const index = view.lines[mouse.y - placed.top - 1]?.entry;
    if (index === undefined || !('index' in dialog)) return;
    this.#env.dialog({ ...dialog, index });
    this.#outcomes.press('enter');
  }

  #inList({ kind, y, ...mouse }: MouseInput): void {
    const { ui, session, layout } = this.#env;
    if ('direction' in mouse) {
      this.#outcomes.moveListCursor(mouse.direction * wheelRows);
      return;
    }
    const content = listContentOf(session.getState(), ui);
    const cursor = listCursorOf(session.getState(), ui);
    const rows = listRows(layout.mainRows);
    const id = listEntryAt(content, cursor, ui.listTop, rows, y - 1);
    if (id !== null) this.#outcomes.choose(id);
    else if (kind === 'click') this.#env.focus('list');
  }

  #inConversation(mouse: MouseInput): void {
    const { layout } = this.#env;
    // Above: the head. Between the messages and the composer: the rule.
    const row = mouse.y - 1;
    const composerRow = mouse.y - (layout.mainRows - layout.composerRows);
    if (composerRow >= 0) this.#inComposer(mouse, composerRow);
    else if (mouse.kind === 'wheel') this.#outcomes.scrollRows(mouse.direction * wheelRows);
    else if (row >= 0 && row < layout.messageRows) this.#outcomes.selectAt(row);
    else if (row >= layout.messageRows && this.#env.ui.anchor.kind !== 'end') this.#outcomes.toNewest();
  }

  #inComposer(mouse: MouseInput, row: number): void {
    const { ui, layout } = this.#env;
    const { composer } = ui;
    this.#env.focus('composer');
    if (mouse.kind === 'wheel') {
      if (composer.text !== '') this.#outcomes.press(mouse.direction < 0 ? 'up' : 'down');
      return;
    }
    const width = composerTextWidth(layout.conversationWidth);
    const field = composerLayout(composer.text, composer.cursor, width);
    const column = mouse.x - layout.conversationLeft - promptWidth;
    const offset = offsetAt(composer.text, field, firstVisibleRow(field, layout.composerRows) + row, column);
    if (offset !== composer.cursor)
      this.#env.store.dispatch({ kind: 'edited', composer: moveTo(composer, offset) });
  }
}
