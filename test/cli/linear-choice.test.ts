import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linearChoice } from '../../src/cli/linear-choice.ts';
import { hasCursorAddress } from '../../src/cli/terminfo.ts';

/** A compiled entry (term(5)) whose eleventh string, `cursor_address`, is at `offset`; -1: it has none. */
function entry(offset: number, strings = 20, magic = 0x011a): Uint8Array {
  const names = 'odd|an odd terminal\0';
  const numbers = 3;
  const numberSize = magic === 0x021e ? 4 : 2;
  const booleans = names.length % 2 === 0 ? 4 : 3;
  const bytes = new Uint8Array(12 + names.length + booleans + numbers * numberSize + strings * 2);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of [magic, names.length, booleans, numbers, strings, 0].entries())
    view.setInt16(index * 2, value, true);
  bytes.set(new TextEncoder().encode(names), 12);
  const first = 12 + names.length + booleans + numbers * numberSize;
  for (let i = 0; i < strings; i++) view.setInt16(first + i * 2, i === 10 ? offset : -1, true);
  return bytes;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'terminfo-'));
  await mkdir(join(folder, 't'));
  await writeFile(join(folder, 't', 'teletype'), entry(-1));
  await writeFile(join(folder, 't', 'terminal'), entry(30));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a terminal that can’t place its cursor', () => {
  it('gets linear output with a word about it', () => {
    expect(linearChoice({ TERM: 'dumb' }, {})).toEqual({
      isPlain: true,
      because: expect.stringContaining('"dumb"'),
    });
    expect(linearChoice({ TERM: 'teletype', TERMINFO: folder }, {})).toMatchObject({ isPlain: true });
  });

  it.each(['terminal', 'xterm-256color', 'something-nobody-knows', '../t/teletype', ''])(
    '%j is not taken for one',
    (term) => {
      expect(linearChoice({ TERM: term, TERMINFO: folder }, {})).toBeNull();
    },
  );
});

describe('linear output', () => {
  it('is asked for by option or variable, without a word', () => {
    expect(linearChoice({ TERM: 'xterm' }, { linear: true })).toEqual({ isPlain: false });
    expect(linearChoice({ TERM: 'dumb' }, { linear: true })).toEqual({ isPlain: true });
    expect(linearChoice({ TERM: 'xterm', SESSION_TUI_LINEAR: '1' }, {})).toEqual({ isPlain: false });
    expect(linearChoice({ TERM: 'xterm', SESSION_TUI_LINEAR: '0' }, {})).toBeNull();
  });
});

describe('an entry of terminfo', () => {
  it('says whether there is cursor addressing, in both formats', () => {
    expect(hasCursorAddress(entry(5))).toBe(true);
    expect(hasCursorAddress(entry(-1))).toBe(false);
    expect(hasCursorAddress(entry(5, 20, 0x021e))).toBe(true);
    expect(hasCursorAddress(entry(-1, 20, 0x021e))).toBe(false);
    expect(hasCursorAddress(entry(5, 8))).toBe(false);
  });

  it('that is none, or cut, says nothing', () => {
    const whole = entry(5);
    for (let length = 0; length < whole.length - 20; length++)
      expect(hasCursorAddress(whole.subarray(0, length))).toBeNull();
    expect(hasCursorAddress(new Uint8Array(100).fill(255))).toBeNull();
  });
});
