/** How roles look: 16 colours, or none (then weight, underline and reversal carry the meaning). */
import type { SafeText } from '../../text/sanitize.ts';

declare const brand: unique symbol;

/** A piece of a screen line: safe text with the colours of a role around it. Only a theme makes these. */
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
  /** the chosen row of a list or dialog */
  selected: Paint;
}>;

const sgr =
  (open: string, close: string): Paint =>
  (text) =>
    // Text of width 0 would leave a bare pair of sequences behind.
    (text === '' ? '' : `\x1b[${open}m${text}\x1b[${close}m`) as Styled;

const plain: Paint = (text) => text as string as Styled;

const coloured: Theme = {
  plain,
  strong: sgr('1', '22'),
  dim: sgr('2', '22'),
  name: sgr('36', '39'),
  self: sgr('32', '39'),
  unread: sgr('33', '39'),
  good: sgr('32', '39'),
  warning: sgr('33', '39'),
  error: sgr('31', '39'),
  key: sgr('36', '39'),
  selected: sgr('7', '27'),
};

const colourless: Theme = {
  ...coloured,
  name: sgr('1', '22'),
  self: sgr('1', '22'),
  unread: sgr('1', '22'),
  good: plain,
  warning: sgr('1', '22'),
  error: sgr('1', '22'),
  key: sgr('1', '22'),
};

/** The theme for a terminal with 16 colours, or for one without (`NO_COLOR`, `--no-color`). */
export function createTheme(color: boolean): Theme {
  return color ? coloured : colourless;
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
