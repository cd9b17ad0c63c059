/**
 * Roles of text on the screen, each with a mark of its own: a colour that no terminal gets to see. looks.ts turns marks
 * into what is written, by theme and depth.
 */
import type { SafeText } from '../../text/sanitize.ts';
import type { InkName } from './palettes.ts';

declare const brand: unique symbol;

/** A piece of a screen line: safe text with the marks of a role around it. Only a theme makes these. */
export type Styled = string & { readonly [brand]: true };

type Paint = (text: SafeText) => Styled;

/** Roles, not colours: panes name what a thing is. */
export type Theme = Readonly<{
  /** as the terminal writes by itself */
  plain: Paint;
  strong: Paint;
  /** times, hints, rules */
  dim: Paint;
  /** names of others */
  name: Paint;
  /** one's own name */
  self: Paint;
  /** unread counts and marks */
  unread: Paint;
  good: Paint;
  warning: Paint;
  error: Paint;
  /** keys in help and hints */
  key: Paint;
  /** a link that can be opened: underlined in all themes */
  link: Paint;
  /** the chosen row of a list or dialog */
  selected: Paint;
}>;

const sgr =
  (open: string, close: string): Paint =>
  (text) =>
    // Text of width 0 would leave a bare pair of sequences behind.
    (text === '' ? '' : `\x1b[${open}m${text}\x1b[${close}m`) as Styled;

const plain: Paint = (text) => text as string as Styled;

const marks = {
  name: '36',
  self: '32',
  unread: '33',
  good: '92',
  warning: '93',
  error: '31',
  key: '96',
} as const;

/** The roles' marks. */
export const theme: Theme = {
  plain,
  strong: sgr('1', '22'),
  dim: sgr('2', '22'),
  name: sgr(marks.name, '39'),
  self: sgr(marks.self, '39'),
  unread: sgr(marks.unread, '39'),
  good: sgr(marks.good, '39'),
  warning: sgr(marks.warning, '39'),
  error: sgr(marks.error, '39'),
  key: sgr(marks.key, '39'),
  link: sgr('4', '24'),
  selected: sgr('7', '27'),
};

const inks = new Map<string, InkName>([
  [marks.name, 'name'],
  [marks.self, 'self'],
  [marks.unread, 'unread'],
  [marks.good, 'good'],
  [marks.warning, 'warning'],
  [marks.error, 'error'],
  [marks.key, 'key'],
]);

/** The ink that a mark's colour stands for; null: it is no mark. */
export function inkOfMark(foreground: string): InkName | null {
  return inks.get(foreground) ?? null;
}

/** Pieces side by side. */
export function row(...pieces: readonly Styled[]): Styled {
  return pieces.join('') as Styled;
}

/** Lines below each other, as one string for one Ink `Text`. */
export function stack(lines: readonly Styled[]): Styled {
  return lines.join('\n') as Styled;
}

export const blank = '' as Styled;
