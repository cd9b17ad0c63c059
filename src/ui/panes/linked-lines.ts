/** Wrapped lines of a text with its links and mentions marked, also where one goes on in the next line. Pure. */
import { findLinks } from '../../text/links.ts';
import type { SafeText } from '../../text/sanitize.ts';
import { part } from '../text/cells.ts';
import { row, type Styled, type Theme } from '../theme/theme.ts';
import type { Mention } from './mentions.ts';

/** A stretch of the text in a role of its own; they stand in order and do not overlap. */
type Span = Readonly<{ start: number; end: number; role: 'link' | 'name' | 'unread' }>;

/** `lines` are the first lines of the wrapped `text`, or all of them. */
export function linkedLines(
  text: SafeText,
  lines: readonly SafeText[],
  mentions: readonly Mention[],
  theme: Theme,
): Styled[] {
  const spans = spansOf(text, mentions);
  if (spans.length === 0) return lines.map((line) => theme.plain(line));
  let offset = 0;
  return lines.map((line) => {
    // Between two lines stand the spaces and the line end that wrapping took away.
    const start = Math.max(offset, text.indexOf(line, offset));
    offset = start + line.length;
    return mark(line, start, spans, theme);
  });
}

function spansOf(text: SafeText, mentions: readonly Mention[]): Span[] {
  const links = findLinks(text)
    // What somebody calls themselves is no link.
    .filter((link) => !mentions.some(({ start, end }) => link.start < end && link.end > start))
    .map(({ start, end }): Span => ({ start, end, role: 'link' }));
  const people = mentions.map(
    ({ start, end, isOwn }): Span => ({ start, end, role: isOwn ? 'unread' : 'name' }),
  );
  return [...links, ...people].sort((one, other) => one.start - other.start);
}

function mark(line: SafeText, start: number, spans: readonly Span[], theme: Theme): Styled {
  const pieces: Styled[] = [];
  let done = 0;
  for (const span of spans) {
    const from = Math.max(0, span.start - start);
    const to = Math.min(line.length, span.end - start);
    if (to <= 0 || from >= line.length) continue;
    pieces.push(theme.plain(part(line.slice(done, from))), theme[span.role](part(line.slice(from, to))));
    done = to;
  }
  pieces.push(theme.plain(part(line.slice(done))));
  return row(...pieces);
}
