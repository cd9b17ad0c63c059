/** Screens before the chat (unlock, onboarding) as lines: title, words, a field, what is wrong, how to go on. Pure. */
import { type SafeText, safe } from '../../text/sanitize.ts';
import { fieldLine } from '../dialogs/field.ts';
import { layOutField } from '../input/composer-layout.ts';
import type { TextBuffer } from '../input/text-buffer.ts';
import type { Size } from '../terminal/streams.ts';
import { truncateCells } from '../text/cells.ts';
import { wrapCells } from '../text/wrap.ts';
import { blank, row, type Styled, type Theme } from '../theme/theme.ts';

export type Form = Readonly<{
  title: SafeText;
  /** explanations, one paragraph each; given up first where rows are few */
  words: readonly SafeText[];
  /** lines that must be seen whole */
  lines?: readonly Readonly<{ text: SafeText; role: 'plain' | 'key' | 'selected' | 'strong' }>[];
  field?: Readonly<{ buffer: TextBuffer; placeholder: SafeText; masked: boolean; rows?: number }>;
  error?: SafeText | null;
  footer: SafeText;
}>;

export type FormLines = Readonly<{
  lines: readonly Styled[];
  cursor: Readonly<{ x: number; y: number }> | null;
}>;

/** Columns that a form's text may use. */
export function formWidth({ columns }: Size): number {
  return Math.max(1, Math.min(72, columns - 2));
}

/** The form on a screen of this size: exactly as many lines as it has rows. */
export function layOutForm(form: Form, size: Size, theme: Theme): FormLines {
  const width = formWidth(size);
  const left = Math.max(0, Math.floor((size.columns - width) / 2));
  const margin = safe(' '.repeat(left));
  const put = (text: Styled) => row(theme.plain(margin), text);

  const head = [put(theme.strong(truncateCells(form.title, width)))];
  const words = form.words.map((paragraph) =>
    wrapCells(paragraph, width).map((line) => put(theme.plain(line))),
  );
  const fixed = (form.lines ?? []).map(({ text, role }) => put(theme[role](truncateCells(text, width))));
  const field = form.field === undefined ? null : fieldRows(form.field, width, theme);
  const error = (form.error === undefined || form.error === null ? [] : wrapCells(form.error, width)).map(
    (line) => put(theme.error(line)),
  );
  const footer = [put(theme.dim(truncateCells(form.footer, width)))];

  const needed = head.length + fixed.length + (field?.rows.length ?? 0) + error.length + footer.length;
  const shownWords = fitWords(words, size.rows - needed);
  const fieldBlock = field?.rows.map(put) ?? [];
  const parts = [head, shownWords, fixed, fieldBlock, error].filter(({ length }) => length > 0);
  const used = parts.reduce((sum, { length }) => sum + length, 0) + footer.length;
  // Blank lines between the parts, where there is room for all of them.
  const spaced = used + parts.length + 1 <= size.rows;
  const lines: Styled[] = spaced ? [blank] : [];
  let fieldTop = 0;
  for (const [index, block] of parts.entries()) {
    if (index > 0 && spaced) lines.push(blank);
    if (block === fieldBlock) fieldTop = lines.length;
    lines.push(...block);
  }
  if (spaced) lines.push(blank);
  lines.push(...footer);
  while (lines.length < size.rows) lines.push(blank);
  const cursor = field === null ? null : { x: left + field.cursor.column, y: fieldTop + field.cursor.row };
  return { lines: lines.slice(0, size.rows), cursor };
}

/** As many words as fit; where something is left out, the last line says so. */
function fitWords(words: readonly (readonly Styled[])[], room: number): Styled[] {
  const spaced = words.flatMap((paragraph, index) => (index === 0 ? paragraph : [blank, ...paragraph]));
  if (spaced.length + 4 <= room) return spaced;
  return words.flat().slice(0, Math.max(0, room));
}

/** A field of one row scrolls sideways; one of several rows wraps (the recovery phrase). */
function fieldRows(
  { buffer, placeholder, masked, rows = 1 }: NonNullable<Form['field']>,
  width: number,
  theme: Theme,
): Readonly<{ rows: readonly Styled[]; cursor: Readonly<{ row: number; column: number }> }> {
  const single = fieldLine(buffer, width, theme, placeholder, masked);
  if (rows === 1 || buffer.text.length < width - 3)
    return { rows: [single.line.text], cursor: { row: 0, column: single.cursor } };
  const layout = layOutField(buffer.text, buffer.cursor, width - 3);
  const top = Math.max(0, layout.cursorRow - rows + 1);
  return {
    rows: layout.rows
      .slice(top, top + rows)
      .map(({ shown }, index) => row(theme.key(safe(index + top === 0 ? '> ' : '  ')), theme.plain(shown))),
    cursor: { row: layout.cursorRow - top, column: 2 + layout.cursorColumn },
  };
}
