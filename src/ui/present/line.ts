/** Styled text (SGR and printable characters) as cells. Whatever else stands in it is left out. */
import { Lru } from '../../util/lru.ts';
import { graphemesOf } from '../text/cells.ts';
import { applySgr, blankStyle, plainStyle, type Style } from './style.ts';

/** Cells beside each other: the grapheme in its first cell, '' in the further ones of a wide grapheme. */
export type LineCells = Readonly<{ texts: readonly string[]; styles: readonly Style[] }>;

/** SGR; or any other sequence, or control character. */
const escapes =
  /\x1b\[([\d;]*)m|(?:\x1b\[|\x9b)[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]?|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[\x20-\x2f]*[\x30-\x7e]?|[\x00-\x1f\x7f-\x9f]/g;
/** Marks, and the vowels and finals of Hangul that terminals put onto the letter before. */
const startsWithMark = /^[\p{M}\u1160-\u11ff\ud7b0-\ud7fb]/u;

/** tmux puts whatever is written behind a joiner, a space or a letter too, into the cell of the joiner. */
const openJoiner = /\u200d+$/;

let lines = new Lru<string, LineCells>(1024);

/** Drops the lines that are kept for the next frame: after a lock nothing of the chat may stay in memory. */
export function forgetLines(): void {
  lines = new Lru(1024);
}

/** The cells of one line. */
export function cellsOf(line: string): LineCells {
  let cells = lines.get(line);
  if (cells === undefined) {
    cells = parse(line);
    lines.set(line, cells);
  }
  return cells;
}

function parse(line: string): LineCells {
  const texts: string[] = [];
  const styles: Style[] = [];
  let style = plainStyle;
  const add = (text: string): void => {
    const onBlank = blankStyle(style);
    for (const grapheme of graphemesOf(text)) {
      if (grapheme.width === 0) continue;
      const shown = grapheme.text.replace(openJoiner, '');
      // A mark without a letter would join the cell before it.
      texts.push(startsWithMark.test(shown) ? ` ${shown}` : shown);
      styles.push(grapheme.text === ' ' ? onBlank : style);
      for (let i = 1; i < grapheme.width; i++) {
        texts.push('');
        styles.push(style);
      }
    }
  };
  let at = 0;
  for (const match of line.matchAll(escapes)) {
    if (match.index > at) add(line.slice(at, match.index));
    if (match[1] !== undefined) style = applySgr(style, match[1]);
    at = match.index + match[0].length;
  }
  if (at < line.length) add(line.slice(at));
  return { texts, styles };
}
