import { describe, expect, it } from 'vitest';
import { escapeHidden, hasHidden, hiddenIn } from '../../src/text/hidden.ts';
import { attacks } from '../fixtures/attacks.ts';

describe('what nobody sees in a text', () => {
  it.each([
    ['a direction override', 'in\u202evoice'],
    ['an embedding', 'a\u202ab'],
    ['an isolate', 'a\u2066b\u2069'],
    ['a direction mark', 'a\u200eb'],
    ['a zero-width space', 'pass\u200bword'],
    ['a joiner between letters', 'pay\u200dpal'],
    ['a joiner at the end', 'end\u200d'],
    ['a word joiner', 'a\u2060b'],
    ['a soft hyphen', 'a\u00adb'],
    ['an escape character', 'a\x1b[31mb'],
    ['a carriage return', 'good\rbad'],
    ['a C1 control', 'a\u009bb'],
    ['tag characters', 'hi\u{e0041}\u{e0042}'],
    ['a filler', 'a\u3164b'],
    ['a blank Braille pattern', '\u2800'],
    ['a selector after a letter', 'a\ufe0f'],
    ['a second selector after an emoji', '😀\ufe0f\ufe0f'],
    ['a selector of the supplement', 'a\u{e0101}'],
    ['half of a surrogate pair', 'a\ud83db'],
    ['a line separator', 'a\u2028b'],
  ])('finds %s', (_, text) => {
    expect(hasHidden(text)).toBe(true);
    expect(hiddenIn(text).length).toBeGreaterThan(0);
  });

  it.each([
    ['plain lines', 'one\n\ttwo'],
    ['accents', 'e\u0301 ñ'],
    ['an emoji family', '👨‍👩‍👧‍👦'],
    ['a heart on fire', '❤️‍🔥'],
    ['skin tones', '👩🏽‍🚀 👍🏿'],
    ['a keycap', '1\ufe0f\u20e3'],
    ['a flag', '🇩🇪 🏳️‍🌈'],
    ['Persian with a non-joiner', 'می\u200cخواهم'],
    ['Devanagari with a joiner', 'क्\u200dष'],
    ['Han with a variant', '葛\u{e0100}城'],
    ['Hebrew and Arabic', 'שלום مرحبا'],
  ])('leaves %s alone', (_, text) => {
    expect(hiddenIn(text)).toEqual([]);
    expect(hasHidden(text)).toBe(false);
  });

  it('is found in the quick look whenever the careful one finds it', () => {
    for (const { name, text } of attacks) expect(hasHidden(text), name).toBe(hiddenIn(text).length > 0);
    for (let code = 0; code <= 0x10ffff; code += code < 0x20000 || code >= 0xe0000 ? 1 : 61) {
      const text = `a${String.fromCodePoint(code)}b`;
      if (hasHidden(text) !== hiddenIn(text).length > 0) expect.fail(`U+${code.toString(16)}`);
    }
  });

  it('counts each kind, with its name, in the order of the text', () => {
    expect(hiddenIn('a\u202eb\u200bc\u202e')).toEqual([
      { code: 0x202e, name: 'right-to-left override', count: 2 },
      { code: 0x200b, name: 'zero-width space', count: 1 },
    ]);
  });

  it('writes all of it out, emoji joiners too, so that the text can be told from one that spells it out', () => {
    expect(escapeHidden('a\u202eb\\u202e\nc\u{e0041}\x1b')).toBe('a\\u202eb\\\\u202e\\n\nc\\u{e0041}\\u001b');
    expect(escapeHidden('❤️‍🔥')).toBe('❤\\ufe0f\\u200d🔥');
  });

  it('writes out every attack without anything invisible left, and decodes to the text again', () => {
    for (const { name, text } of attacks) {
      const shown = escapeHidden(text);
      expect(hiddenIn(shown.replace(/\p{M}/gu, '')), name).toEqual([]);
      if (/\p{M}/u.test(text) || text.includes('\t')) continue;
      const decoded = shown
        .replaceAll('\\n\n', '\n')
        .replace(
          /\\(\\|u\{([0-9a-f]+)\}|u([0-9a-f]{4}))/g,
          (_, whole: string, long?: string, short?: string) =>
            whole === '\\' ? '\\' : String.fromCodePoint(Number.parseInt(long ?? short ?? '', 16)),
        );
      expect(decoded, name).toBe(text);
    }
  });
});
