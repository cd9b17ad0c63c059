/** A conversation as Markdown (CommonMark, and the extensions of GitHub). */
import { sanitizeName, sanitizeText } from '../../text/sanitize.ts';
import { authorOf, type ExportFormat, type ExportInfo, isoTime } from './format.ts';

export const markdownFormat: ExportFormat = {
  head(info) {
    const title = inline(sanitizeName(info.title)) || 'Conversation';
    return `# ${title}\n\n${inline(sanitizeName(info.conversation))}, exported ${isoTime(info.madeAt)}\n`;
  },
  message(message, info) {
    if (message.event === 'notice') {
      const marks = [isoTime(message.timestamp ?? 0), inline(sanitizeName(message.message))];
      return `\n---\n\n**${who(message.from ?? '', info)}** · ${marks.join(' · ')}\n`;
    }
    const marks = [isoTime(message.timestamp), message.status, message.request ? 'message request' : ''];
    const rows = [`**${who(message.from, info)}** · ${marks.filter(Boolean).join(' · ')}`];
    const { quote } = message;
    if (quote !== undefined)
      rows.push('', `In reply to ${who(quote.author, info)}, ${isoTime(quote.timestamp)}:`);
    if (message.body !== '') rows.push('', ...quoted(message.body));
    const files = message.attachments.map(
      ({ name, contentType, size }) =>
        `- File: ${inline(sanitizeName(name))} (${inline(sanitizeName(contentType))}, ${size} bytes)`,
    );
    if (files.length > 0) rows.push('', ...files);
    return `\n---\n\n${rows.join('\n')}\n`;
  },
  foot: () => '',
};

function who(id: string, info: ExportInfo): string {
  const author = authorOf(id, info);
  // Isolated, so that a name from right to left does not turn the time around.
  return author.name === '' ? author.id : `\u2068${inline(author.name)}\u2069 (${author.id})`;
}

/** The lines of a body, each in the block quote, with their breaks and leading spaces. */
function quoted(body: string): string[] {
  const lines = sanitizeText(body).split('\n');
  return lines.map((line, i) => {
    if (line.trim() === '') return '>';
    const isLast = (lines[i + 1] ?? '').trim() === '';
    return `> ${inline(line)}${isLast ? '' : '\\'}`;
  });
}

/** One line of foreign text (no control characters in it) that Markdown reads as that text and nothing else. */
export function inline(line: string): string {
  return line
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]#|~^$@!]/g, '\\$&')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/(www)\./gi, '$1\\.')
    .replace(/^( *)([-+=:])/, '$1\\$2')
    .replace(/^( *\d+)([.)])/, '$1\\$2')
    .replace(/^ +/, (spaces) => '&nbsp;'.repeat(spaces.length));
}
