import { describe, expect, it } from 'vitest';
import { differencesOf } from '../../src/text/differences.ts';
import { lookAlikesOf } from '../../src/text/look-alike.ts';
import { mixesScripts } from '../../src/text/scripts.ts';

const me = { id: 'me', name: 'Max' };
const marks = (...names: string[]) => {
  const found = lookAlikesOf(
    names.map((name, index) => ({ id: String(index), name })),
    me,
  );
  return names.map((_, index) => found.get(String(index))?.kind ?? null);
};

describe('names that can be taken for others', () => {
  it.each([
    ['the same name', 'Ana', 'Ana'],
    ['other capitals', 'Ana', 'ANA'],
    ['a Cyrillic letter', 'paypal', 'pаypal'],
    ['all Cyrillic', 'cope', 'соре'],
    ['a capital I for a small l', 'Alice', 'AIice'],
    ['a digit', 'Olga', '0lga'],
    ['rn for m', 'Tom', 'Torn'],
    ['full width', 'Ana', 'Ａｎａ'],
    ['mathematical letters', 'Ana', '𝐀𝐧𝐚'],
    ['a zero-width space', 'Ana', 'A\u200bna'],
    ['a composed accent', 'Zoé', 'Zoe\u0301'],
    ['more spaces', 'Ana Lim', ' Ana \u00a0 Lim'],
  ])('are both marked: %s', (_, one, other) => {
    expect(marks(one, other)).toEqual(['another', 'another']);
  });

  it('say whose name it is', () => {
    const found = lookAlikesOf(
      [
        { id: 'a', name: 'Ana' },
        { id: 'b', name: 'Аnа' },
      ],
      me,
    );
    expect(found.get('b')).toEqual({ kind: 'another', id: 'a', name: 'Ana' });
  });

  it('are marked alone: the own name, mixed scripts, hidden characters, what looks like a mark', () => {
    expect(marks('Мах', 'Olga Иванова', 'B\u202eob', 'Eve …9f3c')).toEqual([
      'own',
      'mixed',
      'hidden',
      'imitates-mark',
    ]);
  });

  it('are not marked: other names, accents, names of one script, no name, oneself', () => {
    expect(marks('Ana', 'Anä', 'Анна', '田中 Tanaka', '', '', 'Ali', '👩‍🚀')).toEqual(Array(8).fill(null));
    expect(lookAlikesOf([me], me).size).toBe(0);
  });

  it('are compared in time that grows with their number', () => {
    const many = Array.from({ length: 5000 }, (_, i) => ({
      id: String(i),
      name: i % 2 === 0 ? 'Ana' : `Ana ${i}`,
    }));
    expect(lookAlikesOf(many, me).size).toBe(2500);
  });
});

describe('scripts', () => {
  it('mix where nobody writes them together', () => {
    for (const text of ['pаypal', 'αbc', 'Аlice', 'Աna']) expect(mixesScripts(text), text).toBe(true);
    for (const text of ['abc', 'Привет 123', 'Tシャツ', '한국 漢字 abc', 'á é', '42 ★', ''])
      expect(mixesScripts(text), text).toBe(false);
  });
});

describe('the differences of two names', () => {
  it('are the characters of each that the other has not there', () => {
    expect(differencesOf('pаypal', 'paypal')).toEqual([{ here: [0x430], there: [0x61] }]);
    expect(differencesOf('A\u200bna', 'Ana')).toEqual([{ here: [0x200b], there: [] }]);
    expect(differencesOf('Torn', 'Tom')).toEqual([{ here: [0x72, 0x6e], there: [0x6d] }]);
    expect(differencesOf('Ana', 'Ana')).toEqual([]);
  });
});
