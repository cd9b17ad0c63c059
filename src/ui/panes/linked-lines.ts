/** Wrapped lines of a text with its links marked, also where a link goes on in the next line. Pure. */
import { findLinks, type Link } from '../../text/links.ts';
import type { SafeText } from '../../text/sanitize.ts';
import { part } from '../text/cells.ts';
import { row, type Styled, type Theme } from '../theme/theme.ts';

/** `lines` are the first lines of the wrapped `text`, or all of them. */
export function linkedLines(text: SafeText, lines: readonly SafeText[], theme: Theme): Styled[] {
  const links = findLinks(text);
  if (links.length === 0) return lines.map((line) => theme.plain(line));
  let offset = 0;
  return lines.map((line) => {
    // Between two lines stand the spaces and the line end that wrapping took away.
    const start = Math.max(offset, text.indexOf(line, offset));
    offset = start + line.length;
    return markLinks(line, start, links, theme);
  });
}

function markLinks(line: SafeText, start: number, links: readonly Link[], theme: Theme): Styled {
  const pieces: Styled[] = [];
  let done = 0;
  for (const link of links) {
    const from = Math.max(0, link.start - start);
    const to = Math.min(line.length, link.end - start);
    if (to <= 0 || from >= line.length) continue;
    pieces.push(theme.plain(part(line.slice(done, from))), theme.link(part(line.slice(from, to))));
    done = to;
  }
  pieces.push(theme.plain(part(line.slice(done))));
  return row(...pieces);
}
