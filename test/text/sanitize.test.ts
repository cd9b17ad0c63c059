import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinSafe, safe, sanitizeName, sanitizeText } from '../../src/text/sanitize.ts';

const nasty = [
  ...'ab é\n\r\t\x00\x07\x1b\x7f\x80\x85\x90\x9b\x9c\x9d\x9f',
  '\u00ad',
  '\u0301',
  '\u0344',
  '\u034f',
  '\u061c',
  '\u1100',
  '\u1161',
  '\u11a8',
  '\u115f',
  '\u180e',
  '\u200b',
  '\u200c',
  '\u200d',
  '\u200e',
  '\u2028',
  '\u2029',
  '\u202a',
  '\u202c',
  '\u202e',
  '\u2060',
  '\u2066',
  '\u2067',
  '\u2068',
  '\u2069',
  '\u2800',
  '\u3000',
  '\u3164',
  '\ufe0f',
  '\ufeff',
  '\ufff9',
  '\ufffe',
  '\ud800',
  '\udc00',
  '\u{e0061}',
  '\u{e0100}',
  '👩',
  '💻',
  '🏽',
  '字',
  'ש',
  '\x1b[31m',
  '\x1b]8;;http://x\x1b\\',
];
const hostile = fc.oneof(
  fc.array(fc.constantFrom(...nasty), { maxLength: 60 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

const forbidden = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]|[\u{e0000}-\u{e0fff}]|\p{Cs}/u;

function isolatesBalanced(line: string): boolean {
  let depth = 0;
  for (const char of line) {
    if (/[\u2066-\u2068]/.test(char)) depth += 1;
    if (char === '\u2069') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

describe('sanitizeText', () => {
  it('shows escape sequences instead of obeying them', () => {
    expect(sanitizeText('\x1b[31mred\x1b[0m')).toBe('␛[31mred␛[0m');
    expect(sanitizeText('\x1b]52;c;aGk=\x07')).toBe('␛]52;c;aGk=␇');
    expect(sanitizeText('\x9b31m')).toBe('␛[31m');
    expect(sanitizeText('a\rb\x00\x7f')).toBe('a␍b␀␡');
  });

  it('keeps line breaks, turns tabs into spaces and other line ends into line breaks', () => {
    expect(sanitizeText('a\nb\tc\u2028d\u2029e\x85f')).toBe('a\nb    c\nd\ne\nf');
  });

  it('shows direction overrides and balances isolates within each line', () => {
    expect(sanitizeText('a\u202eb\u202c')).toBe('a⟦RLO⟧b⟦PDF⟧');
    expect(sanitizeText('\u2067a\nb\u2069')).toBe('\u2067a\u2069\nb⟦PDI⟧');
  });

  it('leaves ordinary text of any script alone', () => {
    for (const text of ['hello', 'שלום עולם', 'नमस्ते', 'สวัสดี', '漢字かな', '👩🏽‍💻 ❤️', 'می‌خواهم', 'Zürich'])
      expect(sanitizeText(text)).toBe(text);
  });

  it('keeps at most four marks on a base, whatever is put between them', () => {
    expect(sanitizeText(`a${'\u0301'.repeat(50)}b`)).toBe(`a${'\u0301'.repeat(4)}b`);
    expect(sanitizeText(`a${'\u0301\u200b'.repeat(50)}`)).toBe(`a${'\u0301'.repeat(4)}`);
    expect([...sanitizeText(`a${'\u0301\u200d'.repeat(50)}`)].length).toBe(5);
  });

  it('gives a mark at the start of a line something to sit on', () => {
    expect(sanitizeText('\u0301a\n\u0301b')).toBe('◌\u0301a\n◌\u0301b');
  });

  it('drops tag characters and replaces lone surrogates', () => {
    expect(sanitizeText('a\u{e0041}b\ud800c')).toBe('ab\ufffdc');
  });

  it('never lets through a control, an override, a tag, a lone surrogate or an open isolate', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const out = sanitizeText(text);
        expect(out).not.toMatch(forbidden);
        for (const line of out.split('\n')) expect(isolatesBalanced(line)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const out = sanitizeText(text);
        expect(sanitizeText(out)).toBe(out);
      }),
      { numRuns: 2000 },
    );
  });

  it('grows by a constant factor at most', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(sanitizeText(text).length).toBeLessThanOrEqual(5 * text.length);
      }),
    );
    expect(sanitizeText('\u2067'.repeat(50_000)).length).toBe(100_000);
  });
});

describe('sanitizeName', () => {
  it('gives one line with single spaces and no zero-width characters', () => {
    expect(sanitizeName('  Al\u200bice\n\t Bo\u00a0b\u2800\u2028 ')).toBe('Alice Bo b');
    expect(sanitizeName('e\u0301')).toBe('é');
    expect(sanitizeName('\u0301\u0301')).toBe('');
    expect(sanitizeName('al\u200dice\u2067x\u2069\ufe0f')).toBe('alicex');
  });

  it('keeps emoji sequences whole', () => {
    expect(sanitizeName('👩🏽‍💻 ❤️')).toBe('👩🏽‍💻 ❤️');
  });

  it('shows controls and overrides', () => {
    expect(sanitizeName('\x1b[2J\u202eevil')).toBe('␛[2J⟦RLO⟧evil');
  });

  it('cuts at 100 code points with an ellipsis', () => {
    const cut = sanitizeName('字'.repeat(500));
    expect([...cut].length).toBe(100);
    expect(cut.endsWith('…')).toBe(true);
    expect(sanitizeName('a'.repeat(100))).toBe('a'.repeat(100));
  });

  it('is idempotent, one line, at most 100 code points, and free of what sanitizeText forbids', () => {
    fc.assert(
      fc.property(
        fc.oneof(hostile, fc.string({ unit: 'grapheme', minLength: 80, maxLength: 140 })),
        (text) => {
          const out = sanitizeName(text);
          expect(sanitizeName(out)).toBe(out);
          expect(out).not.toMatch(forbidden);
          expect(out).not.toMatch(/\n|^ | $| {2}/);
          expect([...out].length).toBeLessThanOrEqual(100);
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('safe', () => {
  it('takes the program’s own words and refuses control characters', () => {
    expect(joinSafe([safe('a'), safe('b')], safe(', '))).toBe('a, b');
    expect(() => safe('\x1b[0m')).toThrow(TypeError);
    expect(() => safe('\u202e')).toThrow(TypeError);
  });
});
