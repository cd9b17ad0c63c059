/** Word wrap by cells: breaks at spaces, and inside a word only where the word is wider than the line. */
import type { SafeText } from '../../text/sanitize.ts';
import { graphemesOf, part } from './cells.ts';

/**
 * The text as lines of at most `width` cells (a grapheme wider than that stands alone). Own line ends stay,
 * leading spaces stay, the spaces at a break are dropped. Always at least one line. Linear time.
 */
export function wrapCells(text: SafeText, width: number): SafeText[] {
  const limit = Math.max(1, width);
  const out: SafeText[] = [];
  for (const line of text.split('\n')) wrapLine(line, limit, out);
  return out;
}

function wrapLine(line: string, width: number, out: SafeText[]): void {
  if (line.length <= width && /^[\x20-\x7e]*$/.test(line)) {
    out.push(part(line));
    return;
  }
  let start = 0;
  let used = 0;
  /** where the line may be cut: after the last space seen, and the cells up to there */
  let breakAt = -1;
  let usedAtBreak = 0;
  for (const { text, offset, width: cells } of graphemesOf(line)) {
    if (text === ' ') {
      if (used + 1 > width) {
        // The space that would hang over the edge is where the line ends.
        out.push(part(trimEnd(line.slice(start, offset))));
        start = offset + 1;
        used = 0;
        breakAt = -1;
        continue;
      }
      used += 1;
      breakAt = offset + 1;
      usedAtBreak = used;
      continue;
    }
    if (used + cells > width && used > 0) {
      const onlySpaces = breakAt >= 0 && line.slice(start, breakAt).trim() === '';
      if (breakAt > start && !onlySpaces) {
        out.push(part(trimEnd(line.slice(start, breakAt))));
        start = breakAt;
        used -= usedAtBreak;
      } else {
        out.push(part(line.slice(start, offset)));
        start = offset;
        used = 0;
      }
      breakAt = -1;
      if (used + cells > width && used > 0) {
        out.push(part(line.slice(start, offset)));
        start = offset;
        used = 0;
      }
    }
    used += cells;
  }
  out.push(part(line.slice(start)));
}

function trimEnd(text: string): string {
  return text.replace(/ +$/, '');
}
