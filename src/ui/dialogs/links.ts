/** The links of a message: which ones, the chosen one whole, what to know before it is opened. Pure. */
import { linkParts } from '../../text/links.ts';
import { joinSafe, type SafeText, safe, sanitizeName, sanitizeText } from '../../text/sanitize.ts';
import type { LinksDialog } from '../state/reading-dialogs.ts';
import { cellWidth, fitCells, part, truncateCells } from '../text/cells.ts';
import { wrapCells } from '../text/wrap.ts';
import { row, type Styled, type Theme } from '../theme/theme.ts';
import { type DialogLine, type DialogRoom, type DialogView, dialogLine } from './dialog-view.ts';

/** Rows of the list of links, where there is more than one, and the blank row below it. */
function listRows({ links }: LinksDialog, { height }: DialogRoom): number {
  return links.length < 2 ? 0 : Math.min(links.length + 1, Math.max(2, Math.floor(height / 2)));
}

/** The highest first line of what is said about the chosen link. */
export function lastLinkTop(dialog: LinksDialog, room: DialogRoom, theme: Theme): number {
  return Math.max(0, aboutLines(dialog, room, theme).length - (room.height - listRows(dialog, room)));
}

export function linksView(dialog: LinksDialog, room: DialogRoom, theme: Theme): DialogView {
  if (dialog.code !== null) return codeView(dialog.code, room, theme);
  const { links, index, opener } = dialog;
  const top = Math.min(dialog.top, lastLinkTop(dialog, room, theme));
  const about = aboutLines(dialog, room, theme).slice(top);
  const keys = [
    safe(opener === null ? 'c copies' : 'o opens'),
    safe(opener === null ? 'q QR' : 'c copies'),
    safe(opener === null ? 'Esc back' : 'q QR'),
  ];
  if (opener !== null) keys.push(safe('Esc back'));
  return {
    title: safe(links.length === 1 ? 'Link' : `Link ${index + 1} of ${links.length}`),
    lines: [...chooser(dialog, room, theme), ...about].slice(0, room.height),
    footer: joinSafe(keys, safe(' · ')),
    cursor: null,
  };
}

function chooser(dialog: LinksDialog, room: DialogRoom, theme: Theme): DialogLine[] {
  const rows = listRows(dialog, room) - 1;
  if (rows < 1) return [];
  const { links, index } = dialog;
  const first = Math.max(0, Math.min(index - Math.floor(rows / 2), links.length - rows));
  const lines: DialogLine[] = links.slice(first, first + rows).map((link, offset) => {
    const entry = first + offset;
    const words = joinSafe(
      [safe(entry === index ? '> ' : '  '), safe(`${entry + 1} `), sanitizeName(link)],
      safe(''),
    );
    const line = fitCells(words, room.width);
    return { text: (entry === index ? theme.selected : theme.plain)(line), width: cellWidth(line), entry };
  });
  return [...lines, dialogLine(safe(''), room, theme.plain)];
}

/** The link whole, its host standing out, and what is to be said about it. */
function aboutLines({ links, index, opener }: LinksDialog, room: DialogRoom, theme: Theme): DialogLine[] {
  const link = links[index] ?? '';
  const { before, host, after, unicodeHost, warnings } = linkParts(link);
  const lines = wholeLink([before, host, after], room, theme);
  const say = (text: SafeText, paint: (text: SafeText) => Styled) => {
    for (const line of wrapCells(text, room.width)) lines.push(dialogLine(line, room, paint));
  };
  say(joinSafe([safe('Host:'), sanitizeText(host)], safe(' ')), theme.plain);
  if (unicodeHost !== null)
    say(joinSafe([safe('It reads:'), sanitizeName(unicodeHost)], safe(' ')), theme.warning);
  for (const warning of warnings) say(safe(warning), theme.warning);
  if (opener === null)
    say(safe('Nothing here opens links (setting open-links). Copy it, or scan its QR code.'), theme.dim);
  else say(joinSafe([safe('o opens it with'), opener], safe(' ')), theme.dim);
  return lines;
}

/** Cut wherever a row ends; a link has no spaces to break at, and printable ASCII only. */
function wholeLink(pieces: readonly string[], room: DialogRoom, theme: Theme): DialogLine[] {
  const paints = [theme.plain, theme.strong, theme.plain];
  const lines: DialogLine[] = [];
  let line: Styled[] = [];
  let used = 0;
  for (const [i, piece] of pieces.entries()) {
    let rest = piece;
    while (rest !== '') {
      const taken = part(sanitizeText(rest.slice(0, room.width - used)));
      rest = rest.slice(taken.length);
      line.push((paints[i] ?? theme.plain)(taken));
      used += taken.length;
      if (used < room.width) continue;
      lines.push({ text: row(...line), width: used });
      line = [];
      used = 0;
    }
  }
  if (used > 0) lines.push({ text: row(...line), width: used });
  return lines;
}

function codeView(code: readonly SafeText[], room: DialogRoom, theme: Theme): DialogView {
  const width = cellWidth(code[0] ?? safe(''));
  const fits = code.length <= room.height && width <= room.width;
  const words = safe(
    `The code takes ${width} columns and ${code.length} rows, more than there is room for. Make the window larger, or copy the link.`,
  );
  const lines = fits ? code : wrapCells(words, room.width);
  return {
    title: safe('QR code of the link'),
    lines: lines.map((line) => dialogLine(truncateCells(line, room.width), room, theme.plain)),
    footer: safe('q or Esc back'),
    cursor: null,
  };
}
