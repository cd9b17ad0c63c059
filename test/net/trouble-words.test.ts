import { expect, test } from 'vitest';
import { NetworkError } from '../../src/errors.ts';
import { guardWords, troubleWords } from '../../src/net/trouble-words.ts';

const about = { guard: 1, isDirect: false, isKept: true, others: 1 };
const refused = new NetworkError('path', '', { fields: { stage: 'connect', errno: 'ECONNREFUSED' } });
const unreached = new NetworkError('path', '', { fields: { stage: 'connect', errno: 'ETIMEDOUT' } });
const silent = new NetworkError('timeout', '', { fields: { stage: 'exchange', errno: 'ETIMEDOUT' } });

test.each([
  [unreached, about, 'Guard 2 timed out; using the other one while it is replaced.'],
  [refused, { ...about, others: 0 }, 'Guard 2 can’t be reached; looking for another one…'],
  [silent, about, 'The path over guard 2 gave no answer in time; using the other one while it is rebuilt.'],
  [refused, { ...about, isKept: false }, 'Guard 2 can’t be reached too often; choosing another guard…'],
  [refused, { ...about, guard: -1 }, 'A node tried as guard can’t be reached; trying another one…'],
  [
    silent,
    { ...about, guard: -1, isDirect: true },
    'A service node gave no answer in time; asking another one…',
  ],
])('%#: says what failed and what is done about it', (error, trouble, words) => {
  expect(troubleWords(error, trouble)).toBe(words);
});

test('a troubled guard is named while things work; with none troubled there is nothing to say', () => {
  expect(guardWords([{ state: 'good' }, { state: 'testing' }])).toBe('');
  expect(guardWords([{ state: 'good' }, { state: 'troubled' }])).toContain('Guard 2');
  expect(guardWords([{ state: 'troubled' }])).toContain('No guard');
});
