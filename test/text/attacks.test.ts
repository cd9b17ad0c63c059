import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitizeFileName } from '../../src/text/file-name.ts';
import { toJsonLine } from '../../src/text/json.ts';
import { hasVisible, sanitizeName, sanitizeText } from '../../src/text/sanitize.ts';
import { attackPieces, attacks } from '../fixtures/attacks.ts';

/** Controls, separators, overrides, tags, what is no character. Not: joiners, direction marks, balanced isolates. */
const forbidden =
  /[\0-\x09\x0b-\x1f\x7f-\x9f\xad\u180e\u200b\u2028-\u202e\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb]|[\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|\p{Cs}|\p{Noncharacter_Code_Point}/u;
/** In a name nothing that turns the direction stands either. */
const forbiddenInName = new RegExp(`${forbidden.source}|[\\u200e\\u200f\\u061c\\u2066-\\u2069\\n]`, 'u');
const isEscape = /[\x1b\x9b\x9d\x90\x98\x9e\x9f]/;

function expectHarmless(text: string): void {
  const body = sanitizeText(text);
  expect(body).not.toMatch(forbidden);
  expect(sanitizeText(body)).toBe(body);
  expect(body.length).toBeLessThanOrEqual(5 * text.length);
  for (const line of body.split('\n')) {
    const opened = line.match(/[\u2066-\u2068]/g)?.length ?? 0;
    expect(line.match(/\u2069/g)?.length ?? 0).toBe(opened);
    // Four marks on a base, joiners among them.
    expect(line).not.toMatch(/[\p{M}\u200c\u200d]{5}/u);
  }
  if (isEscape.test(text)) expect(hasVisible(body)).toBe(true);
  const name = sanitizeName(text);
  expect(name).not.toMatch(forbiddenInName);
  expect([...name].length).toBeLessThanOrEqual(100);
  const file = sanitizeFileName(text);
  expect(file).not.toMatch(forbiddenInName);
  expect(file).not.toMatch(/[/\\]/);
  expect(hasVisible(file)).toBe(true);
  expect(Buffer.byteLength(file)).toBeLessThanOrEqual(200);
  const json = toJsonLine({ body: text });
  expect(json).not.toMatch(/[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]|\p{Cs}/u);
  expect(JSON.parse(json)).toEqual({ body: text });
}

describe('the corpus of attacks', () => {
  it('has at least 300 cases, each with a name of its own', () => {
    expect(new Set(attacks.map(({ name }) => name)).size).toBe(attacks.length);
    expect(new Set(attacks.map(({ text }) => text)).size).toBe(attacks.length);
    expect(attacks.length).toBeGreaterThanOrEqual(300);
  });

  it.each(attacks)('$name: nothing that acts is left, and its length is bounded', ({ text }) => {
    expectHarmless(text);
  });

  it('neither is in any mixture of them', () => {
    const mixture = fc
      .array(fc.oneof(fc.constantFrom(...attackPieces), fc.string({ unit: 'binary', maxLength: 8 })), {
        maxLength: 6,
      })
      .map((parts) => parts.join(''));
    fc.assert(fc.property(mixture, expectHarmless), { numRuns: 150, seed: 5 });
  });
});

describe('hasVisible', () => {
  it('tells text that a person sees from white space and invisible characters', () => {
    for (const text of ['', ' \n', '\u200d\u200c', '\u200e\u061c', '\u2800\u3000\u00a0', '\u2067\u2069'])
      expect(hasVisible(sanitizeText(text))).toBe(false);
    for (const text of ['a', '\x1b', '\ud800', '\u0301', '\u202e'])
      expect(hasVisible(sanitizeText(text))).toBe(true);
  });
});
