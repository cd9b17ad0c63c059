/** A conversation as one HTML page that loads nothing and runs nothing. */
import { createHash } from 'node:crypto';
import { sanitizeName, sanitizeText } from '../../text/sanitize.ts';
import { authorOf, type ExportFormat, type ExportInfo, isoTime } from './format.ts';

const style = `body{font:1rem/1.4 sans-serif;max-width:45rem;margin:2rem auto;padding:0 1rem}
ol{list-style:none;padding:0}ol>li{border-top:1px solid #ccc;padding:.5rem 0}
.body{white-space:pre-wrap;overflow-wrap:anywhere;margin:.25rem 0}.head,.quote,.files{color:#666;margin:.25rem 0}
.out .who{font-weight:bold}`;

/** The page's own style is the one thing that it may use. */
const policy = `default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`;

export const htmlFormat: ExportFormat = {
  head(info) {
    const title = escaped(sanitizeName(info.title)) || 'Conversation';
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<h1><bdi>${title}</bdi></h1>
<p class="head">${escaped(sanitizeName(info.conversation))}, exported ${time(info.madeAt)}</p>
<ol>
`;
  },
  message(message, info) {
    if (message.event === 'notice') {
      const words = escaped(sanitizeName(message.message));
      return `<li class="notice">\n<p class="head">${who(message.from ?? '', info)} · ${time(message.timestamp ?? 0)} · ${words}</p>\n</li>\n`;
    }
    const request = message.request ? ' · message request' : '';
    const rows = [
      `<li class="${message.direction === 'out' ? 'out' : 'in'}">`,
      `<p class="head">${who(message.from, info)} · ${time(message.timestamp)} · ${escaped(message.status)}${request}</p>`,
    ];
    const { quote } = message;
    if (quote !== undefined)
      rows.push(`<p class="quote">In reply to ${who(quote.author, info)}, ${time(quote.timestamp)}</p>`);
    if (message.body !== '')
      rows.push(`<p class="body" dir="auto">${escaped(sanitizeText(message.body))}</p>`);
    if (message.attachments.length > 0) {
      const files = message.attachments.map(
        ({ name, contentType, size }) =>
          `<li>File: <bdi>${escaped(sanitizeName(name))}</bdi> (<bdi>${escaped(sanitizeName(contentType))}</bdi>, ${size} bytes)</li>`,
      );
      rows.push(`<ul class="files">${files.join('')}</ul>`);
    }
    return `${rows.join('\n')}\n</li>\n`;
  },
  foot: () => '</ol>\n</body>\n</html>\n',
};

function who(id: string, info: ExportInfo): string {
  const author = authorOf(id, info);
  const name = author.name === '' ? '' : `<bdi>${escaped(author.name)}</bdi> `;
  return `<span class="who">${name}<bdi>${name === '' ? escaped(author.id) : `(${escaped(author.id)})`}</bdi></span>`;
}

function time(at: number): string {
  const iso = isoTime(at);
  return `<time datetime="${iso}">${iso}</time>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Text for an element or a quoted attribute. */
export function escaped(text: string): string {
  return text.replace(/[&<>"'`]/g, (char) => entities[char] ?? '');
}
