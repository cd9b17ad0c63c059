/** Links in a text: recognised, parsed, and judged before a person follows one. Pure; nothing is ever fetched. */
import { domainToUnicode } from 'node:url';
import { mixesScripts } from './scripts.ts';

/** Where a link stands in a text, and what it leads to. */
export type Link = Readonly<{
  /** UTF-16 offsets of what is shown as a link */
  start: number;
  end: number;
  /** as it would be opened: printable ASCII without spaces, the host in punycode */
  url: string;
}>;

/** The parts of a link for showing it whole, `before` + `host` + `after`, and what is to be said about it. */
export type LinkParts = Readonly<{
  before: string;
  host: string;
  after: string;
  /** what the host reads like, where it is in punycode; foreign */
  unicodeHost: string | null;
  warnings: readonly string[];
}>;

const maxLinkLength = 2048;
const maxLinks = 200;
/** A scheme and what can't end a link anywhere: white space, quotes, controls, invisible and direction characters. */
const candidate =
  /(?<![\p{L}\p{N}+.-])(?:https?:\/\/|mailto:)[^\s<>"“”«»`\u0000-\u0020\u007f-\u00a0\u00ad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\uffff␀-␡⟦⟧]+/giu;
const trailing = /[.,;:!?'’*_~)\]}…。，、！？；：）】」』》〉]$/u;
const partners: Readonly<Record<string, string>> = {
  ')': '(',
  ']': '[',
  '}': '{',
  '）': '（',
  '】': '【',
  '」': '「',
  '』': '『',
  '》': '《',
  '〉': '〈',
};

/**
 * The links of a text, in order, at most 200: http, https and mailto, each at most 2048 characters. Give it text as it
 * is shown (`sanitizeText`), so that what is opened is what was seen.
 */
export function findLinks(text: string): readonly Link[] {
  if (!/:\/\/|mailto:/i.test(text)) return [];
  const links: Link[] = [];
  for (const match of text.matchAll(candidate)) {
    if (links.length === maxLinks) break;
    if (match[0].length > maxLinkLength) continue;
    const shown = withoutTail(match[0]);
    const url = parseLink(shown);
    if (url !== null) links.push({ start: match.index, end: match.index + shown.length, url });
  }
  return links;
}

/** What stands at the end of a sentence is no part of a link; a closing bracket is, if the link opened it. */
function withoutTail(link: string): string {
  let kept = link;
  for (;;) {
    const last = [...kept.slice(-2)].at(-1) ?? '';
    if (!trailing.test(kept)) return kept;
    const partner = partners[last];
    if (partner !== undefined && count(kept, partner) >= count(kept, last)) return kept;
    kept = kept.slice(0, -last.length);
  }
}

function count(text: string, char: string): number {
  return text.split(char).length - 1;
}

/** The link as it would be opened, or null for what is none. */
export function parseLink(text: string): string | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  if (isWeb ? url.hostname === '' : url.protocol !== 'mailto:' || !/.@./.test(url.pathname)) return null;
  // The parser escapes all but a few of these; what is shown and handed on has none.
  const href = url.href.replace(/[^\x21-\x7e]/gu, (char) => encodeURIComponent(char.toWellFormed()));
  return href.length > 4 * maxLinkLength ? null : href;
}

/** Takes apart what `findLinks` or `parseLink` gave. */
export function linkParts(href: string): LinkParts {
  const url = new URL(href);
  const warnings: string[] = [];
  if (url.protocol === 'mailto:') {
    const at = href.indexOf('@');
    const end = href.indexOf('?');
    const address = end < 0 ? href : href.slice(0, end);
    return {
      before: address.slice(0, at + 1),
      host: address.slice(at + 1),
      after: end < 0 ? '' : href.slice(end),
      unicodeHost: null,
      warnings: end < 0 ? [] : ['The link also fills in parts of the mail, such as more recipients.'],
    };
  }
  const hasLogin = url.username !== '' || url.password !== '';
  const start = href.indexOf('//') + 2 + (hasLogin ? href.slice(href.indexOf('//') + 2).indexOf('@') + 1 : 0);
  const isPunycode = /(?:^|\.)xn--/i.test(url.hostname);
  const unicodeHost = isPunycode ? domainToUnicode(url.hostname) : null;
  if (hasLogin) warnings.push('What stands before the @ is a login, not the address of the site.');
  if (isPunycode) warnings.push('The name of the host has characters that can look like others (punycode).');
  if (unicodeHost?.split('.').some((label) => mixesScripts(label)))
    warnings.push('It mixes scripts, as imitations of well-known names do.');
  if (url.protocol === 'http:')
    warnings.push('It is not encrypted (http): others on the way can read and change it.');
  if (/^[\d.]+$|^\[/.test(url.hostname)) warnings.push('The host is a bare address, not a name.');
  return {
    before: href.slice(0, start),
    host: href.slice(start, start + url.host.length),
    after: href.slice(start + url.host.length),
    unicodeHost: unicodeHost === '' ? null : unicodeHost,
    warnings,
  };
}
