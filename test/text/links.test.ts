import { describe, expect, it } from 'vitest';
import { findLinks, linkParts, parseLink } from '../../src/text/links.ts';
import { sanitizeText } from '../../src/text/sanitize.ts';
import { attacks } from '../fixtures/attacks.ts';

const urls = (text: string) => findLinks(text).map(({ url }) => url);
const shown = (text: string) => findLinks(text).map(({ start, end }) => text.slice(start, end));

describe('links in a text', () => {
  it('are found between words, without what ends a sentence', () => {
    expect(shown('See https://a.example/x?y=1#z, http://b.example. And (https://c.example/d).')).toEqual([
      'https://a.example/x?y=1#z',
      'http://b.example',
      'https://c.example/d',
    ]);
    expect(shown('https://en.wikipedia.example/wiki/Ink_(film)!')).toEqual([
      'https://en.wikipedia.example/wiki/Ink_(film)',
    ]);
    expect(shown('《https://例え.example/道》。')).toEqual(
      ['https://例え.example/道》'].map((one) => one.replace('》', '')),
    );
    expect(shown('mail mailto:ana@example.org; or <https://x.example>')).toEqual([
      'mailto:ana@example.org',
      'https://x.example',
    ]);
  });

  it('are http, https and mailto, and nothing else', () => {
    for (const text of [
      'javascript:alert(1)',
      'file:///etc/passwd',
      'ftp://a.example',
      'data:text/html,hi',
      'ssh://a.example',
      'xhttps://a.example',
      'www.a.example',
      'https://',
      'https:///',
      'http://[::1',
      'mailto:',
      'mailto:nobody',
      'tel:123',
    ])
      expect(urls(text), text).toEqual([]);
  });

  it('are shown as they are opened: punycode, and nothing but printable ASCII', () => {
    expect(urls('https://пример.example/ünï')).toEqual(['https://xn--e1afmkfd.example/%C3%BCn%C3%AF']);
    expect(parseLink('https://a.example/\u202e')).toMatch(/^[\x21-\x7e]+$/);
  });

  it('end at what is invisible or acts', () => {
    for (const char of ['\u200b', '\u202e', '\u2066', '\u00a0', '\u200d', '\ufeff', '\u001b'])
      expect(shown(`https://a.example/x${char}y`)).toEqual(['https://a.example/x']);
  });

  it('in every attack are printable ASCII with one of the three schemes, and stand where the text has them', () => {
    for (const { name, text } of attacks) {
      const safeText = sanitizeText(`https://a.example/${text} ${text}`);
      for (const { start, end, url } of findLinks(safeText)) {
        expect(url, name).toMatch(/^(?:https?:\/\/|mailto:)[\x21-\x7e]+$/);
        expect(parseLink(safeText.slice(start, end)), name).toBe(url);
      }
    }
  });

  it('are found in time that grows with the text alone', () => {
    expect(findLinks(`${'https://'.repeat(20_000)} ${'https://a.example/(('.repeat(20_000)}`)).toEqual([]);
    expect(urls('https://a.example '.repeat(10_000))).toHaveLength(200);
  });
});

describe('a link, taken apart', () => {
  it('has the host apart, whatever stands before and after it', () => {
    for (const [url, host] of [
      ['https://a.example:8443/b@c', 'a.example:8443'],
      ['https://good.example@evil.example/x', 'evil.example'],
      ['http://u:p@host.example?q=@other', 'host.example'],
      ['mailto:ana@mail.example?cc=eve@evil.example', 'mail.example'],
    ] as const) {
      const parts = linkParts(parseLink(url) ?? '');
      expect(parts.host).toBe(host);
      expect(parts.before + parts.host + parts.after).toBe(parseLink(url));
    }
  });

  it('is warned of: punycode, mixed scripts, a login before the host, a bare address, no encryption', () => {
    const warnings = (url: string) => linkParts(parseLink(url) ?? '').warnings.join(' ');
    expect(warnings('https://a.example/')).toBe('');
    expect(warnings('https://pаypal.example/')).toMatch(/punycode.*mixes scripts/);
    expect(linkParts(parseLink('https://pаypal.example/') ?? '').unicodeHost).toBe('pаypal.example');
    expect(warnings('https://bank.example@evil.example/')).toContain('login');
    expect(warnings('https://192.0.2.1/')).toContain('bare address');
    expect(warnings('https://[2001:db8::1]/')).toContain('bare address');
    expect(warnings('http://a.example/')).toContain('not encrypted');
    expect(warnings('mailto:a@b.example?bcc=eve@evil.example')).toContain('recipients');
  });
});
