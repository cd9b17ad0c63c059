import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { ExportedLine, ExportInfo } from '../../src/cli/export/format.ts';
import { formatOf } from '../../src/cli/export/formats.ts';
import { inline } from '../../src/cli/export/markdown.ts';
import { sanitizeText } from '../../src/text/sanitize.ts';
import { cli as runCliWith } from '../support/cli.ts';
import { alice, bob, FakeMessenger, type FakeSession, fakeMessage } from '../support/fake-messenger.ts';

const message: ExportedLine = {
  event: 'message',
  id: 'm1',
  conversation: bob,
  from: bob,
  direction: 'in',
  timestamp: 1_700_000_000_000,
  receivedAt: 1_700_000_000_500,
  body: 'x',
  status: 'received',
  attachments: [],
};
const info = (name: string): ExportInfo => ({
  conversation: bob,
  title: name,
  madeAt: 1_700_000_100_000,
  nameOf: () => name,
});

/** What somebody writes who wants to be more than text. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          '<script>alert(1)</script>',
          '<img src=x onerror=y>',
          '</p>',
          '</li></ol>',
          '&lt;',
          '&#60;',
          '<!--',
        ],
        ...[
          '"',
          "'",
          '`',
          '```',
          '~~~',
          '\\',
          '\\<',
          '[x](http://e.example)',
          '![x](//e)',
          '<http://e.example>',
        ],
        ...[
          '\n',
          '\n\n',
          '\r\n',
          '\n# ',
          '\n---',
          '\n===',
          '\n> ',
          '\n- ',
          '\n1. ',
          '\n2) ',
          '\n    ',
          '\n+ ',
          '\n| a |',
        ],
        ...[
          '\u202e',
          '\u2066',
          '\u2029',
          '\u0000',
          '\u001b[31m',
          'www.e.example',
          'https://e.example',
          '**',
          '_',
          '$x$',
        ],
        ...['[x]: http://e', '[^1]', '\n:', ' ', 'é', '日本', '😀'],
      ),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

/** A message whose every foreign text is the given one. */
const hostileMessage = (text: string): ExportedLine => ({
  ...message,
  body: text,
  attachments: [{ id: 'a', name: text, contentType: text, size: 5 }],
  quote: { author: text, timestamp: 5 },
});

describe('HTML', () => {
  const html = formatOf('x.html');
  const tags = (page: string): string[] => page.match(/<[^>]*>/g) ?? [];
  const page = (text: string): string =>
    html.head(info(text)) + html.message(hostileMessage(text), info(text)) + html.foot();

  it('has the same tags whatever others write, and their text as it was', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const body = `${text}.`;
        const got =
          html.message({ ...message, body }, info('')).match(/dir="auto">([\s\S]*)<\/p>/)?.[1] ?? '';
        expect(tags(page(`a${text}`))).toEqual(tags(page('a')));
        expect(got).not.toMatch(/[<>"'`]/);
        const names: Record<string, string> = {
          amp: '&',
          lt: '<',
          gt: '>',
          quot: '"',
          '#39': "'",
          '#96': '`',
        };
        expect(got.replace(/&([^;]*);/g, (_, name: string) => names[name] ?? '?')).toBe(sanitizeText(body));
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('loads and runs nothing, and isolates directions', () => {
    const whole = page('Bob\u202e');
    expect(whole).toMatch(/http-equiv="Content-Security-Policy" content="default-src 'none';/);
    expect(whole).not.toMatch(/<script|src=|href=|url\(|\bon\w+=/i);
    expect(whole).toContain('<bdi>Bob⟦RLO⟧</bdi>');
    expect(whole).toContain('dir="auto"');
    expect(whole).toContain('<time datetime="2023-11-14T22:13:20.000Z">');
  });
});

describe('Markdown', () => {
  const markdown = formatOf('x.MD');

  it('has the same lines outside of the quote whatever others write', () => {
    const outside = (text: string): string[] =>
      markdown
        .message({ ...hostileMessage('n'), body: text }, info('n'))
        .split('\n')
        .filter((line) => !/^>( |$)/.test(line));
    fc.assert(
      fc.property(hostile, (text) => {
        expect(outside(`a${text}`)).toEqual(outside('a'));
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  it('leaves nothing in a line that could be a link, HTML, emphasis, code or a block, and loses no character', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const line of sanitizeText(text).split('\n')) {
          const shown = inline(line);
          const bare = shown.replace(/\\[!-/:-@[-`{-~]/g, '').replace(/&(?:amp|lt|gt|nbsp);/g, '');
          expect(bare).not.toMatch(/[\\`*_{}[\]#|~^$@!<>&]/);
          expect(bare).not.toMatch(/:\/\/|www\./i);
          expect(shown).not.toMatch(/^(?: |[-+=:]|\d+[.)])/);
          const back = shown
            .replaceAll('&nbsp;', ' ')
            .replace(/\\([!-/:-@[-`{-~])/g, '$1')
            .replaceAll('&lt;', '<')
            .replaceAll('&gt;', '>')
            .replaceAll('&amp;', '&');
          expect(back).toBe(line);
        }
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it('keeps the lines of a message, its author, time, status, quote and files', () => {
    const text = markdown.message(
      {
        ...message,
        body: 'one\ntwo\n\n  # three',
        quote: { author: alice, timestamp: 1_700_000_000_000 },
        attachments: [{ id: 'a', name: 'a_b.png', contentType: 'image/png', size: 12 }],
      },
      info('Bob'),
    );
    expect(text).toBe(`
---

**\u2068Bob\u2069 (05bb…bbbb)** · 2023-11-14T22:13:20.000Z · received

In reply to \u2068Bob\u2069 (05aa…aaaa), 2023-11-14T22:13:20.000Z:

> one\\
> two
>
> &nbsp;&nbsp;\\# three

- File: a\\_b.png (image/png, 12 bytes)
`);
  });
});

describe('messages --export', () => {
  let messenger: FakeMessenger;
  let session: FakeSession;
  let folder: string;
  const cli = (args: readonly string[]) => runCliWith(messenger, args);

  beforeEach(() => {
    messenger = new FakeMessenger();
    session = messenger.has();
    session.stored = ['a', 'b', 'c\u202e'].map((id) => fakeMessage({ id, body: id }));
    folder = mkdtempSync(join(tmpdir(), 'session-tui-export-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  });

  it('writes the very lines of messages --json, readable by the owner only', async () => {
    const file = join(folder, 'bob.jsonl');
    const done = await cli(['messages', bob, '--export', file]);
    expect([done.code, done.stdout]).toEqual([0, '']);
    expect(readFileSync(file, 'utf8')).toBe((await cli(['messages', bob, '--json'])).stdout);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const two = join(folder, 'two.json');
    await cli(['messages', bob, '--limit', '2', '--export', two]);
    expect(readFileSync(two, 'utf8').split('\n')).toHaveLength(3);
    const found = join(folder, 'found.jsonl');
    await cli(['messages', bob, '--search', 'b', '--export', found]);
    expect(readFileSync(found, 'utf8')).toMatch(/^\{.*"body":"b".*\}\n$/);
  });

  it('refuses a file that exists and an extension that says nothing, and opens no profile for it', async () => {
    const file = join(folder, 'taken.md');
    writeFileSync(file, 'mine');
    for (const [path, code] of [
      [file, 'file-exists'],
      [join(folder, 'x.txt'), 'export-format'],
      [join(folder, 'jsonl'), 'export-format'],
    ] as const) {
      const { code: exit, json } = await cli(['messages', bob, '--export', path, '--json']);
      expect([exit, json[0]?.code]).toEqual([2, code]);
    }
    expect((await cli(['messages', bob, '--export', join(folder, 'no', 'x.md')])).code).toBe(2);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('leaves nothing behind when something goes wrong on the way', async () => {
    session.history = async function* () {
      yield fakeMessage();
      throw new Error('the disk is gone');
    };
    const file = join(folder, 'bob.html');
    expect((await cli(['messages', bob, '--export', file])).code).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });
});
