/** Where the panes of the chat screen stand, for every size from 40×10 up. Pure. */
import type { SafeText } from '../../text/sanitize.ts';
import { type FieldLayout, layOutField } from '../input/composer-layout.ts';
import type { Size } from '../terminal/streams.ts';
import { wrapCells } from '../text/wrap.ts';
import type { Notice, UiState } from './ui-state.ts';

export const smallest: Size = { columns: 40, rows: 10 };
/** Below this, the list and the conversation take turns. */
export const twoColumnsFrom = 70;
/** What went wrong and what to do has room in 40 columns. */
const maxNoticeRows = 4;

export type ChatLayout = Readonly<{
  size: Size;
  mode: 'too-small' | 'list' | 'conversation' | 'both';
  /** rows above the notice and the status line */
  mainRows: number;
  listWidth: number;
  /** first column of the conversation */
  conversationLeft: number;
  conversationWidth: number;
  messageRows: number;
  composerRows: number;
  noticeRows: number;
}>;

/** Columns before the text of the composer (`> `), and one kept free for the cursor at a row's end. */
export const promptWidth = 2;

/** Columns that the composer's text wraps in, given the width of the conversation. */
export function composerTextWidth(conversationWidth: number): number {
  return conversationWidth - promptWidth - 1;
}

type Input = Pick<UiState, 'size' | 'focus' | 'open' | 'composer' | 'notice' | 'link'>;

export function layOutChat({ size, focus, open, composer, notice, link }: Input): ChatLayout {
  const { columns, rows } = size;
  if (columns < smallest.columns || rows < smallest.rows)
    return {
      size,
      mode: 'too-small',
      mainRows: rows,
      listWidth: columns,
      conversationLeft: 0,
      conversationWidth: columns,
      messageRows: 0,
      composerRows: 0,
      noticeRows: 0,
    };
  const both = columns >= twoColumnsFrom && !link.isLean;
  const mode = both ? 'both' : open === null || focus === 'list' ? 'list' : 'conversation';
  const listWidth = both ? Math.min(36, Math.max(22, Math.floor(columns * 0.27))) : columns;
  // One column stands between list and conversation.
  const conversationLeft = both ? listWidth + 1 : 0;
  const conversationWidth = columns - conversationLeft;
  const noticeRows = noticeLines(notice, columns).length;
  const mainRows = rows - 1 - noticeRows;
  const maxComposerRows = Math.max(1, Math.min(8, Math.floor(rows / 3)));
  const wrapped = composerLayout(composer.text, composer.cursor, composerTextWidth(conversationWidth));
  const composerRows = open === null ? 0 : Math.min(maxComposerRows, wrapped.rows.length);
  // Header and rule take a row each.
  const messageRows = Math.max(0, mainRows - 2 - composerRows);
  return {
    size,
    mode,
    mainRows,
    listWidth,
    conversationLeft,
    conversationWidth,
    messageRows,
    composerRows,
    noticeRows,
  };
}

/** `layOutChat` that gives the same object as long as nothing moves. */
export function createLayoutSelector(): (state: Input) => ChatLayout {
  let last: ChatLayout | null = null;
  return (state) => {
    const next = layOutChat(state);
    if (last === null || !sameLayout(last, next)) last = next;
    return last;
  };
}

function sameLayout(a: ChatLayout, b: ChatLayout): boolean {
  return (
    a.size === b.size &&
    a.mode === b.mode &&
    a.composerRows === b.composerRows &&
    a.noticeRows === b.noticeRows &&
    a.messageRows === b.messageRows
  );
}

export function noticeLines(notice: Notice | null, columns: number): readonly SafeText[] {
  if (notice === null) return [];
  return wrapCells(notice.text, Math.max(1, columns - 2)).slice(0, maxNoticeRows);
}

let lastField: Readonly<{ text: string; cursor: number; width: number; layout: FieldLayout }> | null = null;

/** The wrapped composer text; layout and pane ask for the same one after the other. */
export function composerLayout(text: string, cursor: number, width: number): FieldLayout {
  if (
    lastField !== null &&
    lastField.text === text &&
    lastField.cursor === cursor &&
    lastField.width === width
  )
    return lastField.layout;
  const layout = layOutField(text, cursor, width);
  lastField = { text, cursor, width, layout };
  return layout;
}
