/** The messages of the open conversation as blocks of lines, and where in them things stand. */
import type { ConversationView, MessageWindow } from '../../core/types.ts';
import type { MessageLine } from '../panes/message-block.ts';
import { type Blocks, reveal, scrollBy, startAt } from '../state/scroll.ts';
import type { Anchor, UnreadLine } from '../state/ui-state.ts';
import type { Environment } from './environment.ts';
import { blocksOf, openConversationOf, peopleOf } from './model.ts';

/** From this many rows on, two of what was read before stand above the first unread message. */
const contextFrom = 14;

/** What is loaded of the open conversation, and its blocks as the pane draws them. */
export type Model = Readonly<{ view: ConversationView; window: MessageWindow; blocks: Blocks<MessageLine> }>;

/** The message view of a conversation, as it is loaded now. */
export function modelOf(
  env: Environment,
  view: ConversationView,
  open: string,
  unreadLine: UnreadLine | null,
): Model {
  const window = view.getSnapshot();
  const { layout, theme, session, ui } = env;
  const state = session.getState();
  const conversation = openConversationOf(state, open);
  const people = peopleOf(state);
  return {
    view,
    window,
    blocks: blocksOf(window, conversation, layout, theme, unreadLine, people, ui.keymap),
  };
}

/** Where the unread messages begin; null: all of them fit at the end. */
export function unreadAnchor(model: Model, line: UnreadLine, rows: number): Anchor | null {
  const { blocks } = model;
  const index = blocks.indexOf(line.id);
  if (index < 0 || rows === 0) return null;
  const anchor = held(model, startAt(blocks, rows, index, rows < contextFrom ? 0 : 2));
  return anchor.kind === 'end' ? null : anchor;
}

/** The anchor that shows a message with some of what follows it, its beginning at least. */
export function inSight(model: Model, id: string, rows: number): Anchor {
  const { blocks } = model;
  const lower = scrollBy(blocks, { kind: 'message', id, below: 0 }, rows, Math.floor(rows / 3));
  return held(model, reveal(blocks, lower, rows, blocks.indexOf(id)));
}

/** A message to be selected, and where it stands; null: it is not among those loaded. */
export function placeOf(
  model: Model,
  message: string | null,
  rows: number,
): Readonly<{ id: string; anchor: Anchor }> | null {
  if (message === null || model.blocks.indexOf(message) < 0) return null;
  return { id: message, anchor: inSight(model, message, rows) };
}

/** Where the unread messages begin, none of them selected; null: all of them fit at the end. */
export function unreadPlace(
  model: Model,
  line: UnreadLine | null,
  rows: number,
): Readonly<{ id: null; anchor: Anchor }> | null {
  const anchor = line === null ? null : unreadAnchor(model, line, rows);
  return anchor === null ? null : { id: null, anchor };
}

/** The end of what is loaded is the end of the conversation only where nothing newer is left to load. */
export function held({ window, blocks }: Model, anchor: Anchor): Anchor {
  if (anchor.kind !== 'end' || window.atEnd || blocks.count === 0) return anchor;
  return { kind: 'message', id: blocks.idOf(blocks.count - 1), below: 0 };
}
