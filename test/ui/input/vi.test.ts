import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type TextBuffer, textBuffer } from '../../../src/ui/input/text-buffer.ts';
import { leaveInsert, type ViMode, viPress } from '../../../src/ui/input/vi.ts';
import { graphemesOf } from '../../../src/ui/text/cells.ts';

/** `|` is before the character that the cursor is on. */
function bufferOf(text: string): TextBuffer {
  return { ...textBuffer(text.replace('|', '')), cursor: text.indexOf('|') };
}

type State = Readonly<{ buffer: TextBuffer; mode: ViMode; keys: string }>;

function pressed(state: State, chord: string): State {
  const step = viPress(state.buffer, state.keys, chord);
  if (step.kind === 'pending') return { ...state, keys: step.keys };
  if (step.kind === 'done') return { buffer: step.buffer, mode: step.mode, keys: '' };
  return { ...state, keys: '' };
}

/** Keys by spaces, or character by character. */
function run(from: string, keys: string): string {
  const chords = keys.includes(' ') ? keys.split(' ') : [...keys];
  const start: State = { buffer: bufferOf(from), mode: 'normal', keys: '' };
  const { buffer, mode } = chords.reduce(pressed, start);
  const { text, cursor } = buffer;
  return `${text.slice(0, cursor)}|${text.slice(cursor)}${mode === 'insert' ? ' +' : ''}`;
}

describe('normal mode', () => {
  it.each([
    // moving
    ['one tw|o', 'h', 'one t|wo'],
    ['one\n|two', 'h', 'one\n|two'],
    ['|one', 'l', 'o|ne'],
    ['on|e', 'l', 'on|e'],
    ['|one two', 'w', 'one |two'],
    ['|one, two', 'w', 'one|, two'],
    ['|one, two', 'W', 'one, |two'],
    ['|one two three', '2w', 'one two |three'],
    ['|one\n\ntwo', 'w', 'one\n|\ntwo'],
    ['one tw|o', 'b', 'one |two'],
    ['one, tw|o', '2b', 'one|, two'],
    ['|one two', 'e', 'on|e two'],
    ['on|e two', 'e', 'one tw|o'],
    ['  one tw|o', '0', '|  one two'],
    ['  one tw|o', '^', '  |one two'],
    ['|one two', '$', 'one tw|o'],
    ['one\ntw|o', 'gg', '|one\ntwo'],
    ['|one\ntwo\nthree', 'G', 'one\ntwo\n|three'],
    ['|one\ntwo\nthree', '2G', 'one\n|two\nthree'],
    ['|one two', 'ft', 'one |two'],
    ['|one two', 'tt', 'one| two'],
    ['one tw|o', 'Fn', 'o|ne two'],
    // deleting, changing
    ['|one', 'x', '|ne'],
    ['on|e', 'x', 'o|n'],
    ['|one', '2x', '|e'],
    ['o|ne', 'X', '|ne'],
    ['|one two', 'dw', '|two'],
    ['one |two', 'dw', 'one| '],
    ['one |two\nthree', 'dw', 'one| \nthree'],
    ['|one two three', 'd2w', '|three'],
    ['|one two three', '2dw', '|three'],
    ['|one two', 'de', '| two'],
    ['one t|wo', 'db', 'one |wo'],
    ['one |two', 'd$', 'one| '],
    ['one |two', 'D', 'one| '],
    ['|one\ntwo', 'dd', '|two'],
    ['one\n|two', 'dd', '|one'],
    ['one\n|two\nthree', 'dd', 'one\n|three'],
    ['|one\ntwo\nthree', '2dd', '|three'],
    ['|one\ntwo\nthree', 'dj', '|three'],
    ['|one', 'dd', '|'],
    ['|one two', 'cw', '| two +'],
    ['o|ne two', 'cw', 'o| two +'],
    ['|one two three', 'c2w', '| three +'],
    ['one |two', 'C', 'one | +'],
    ['one\nt|wo', 'cc', 'one\n| +'],
    ['one\nt|wo', 'S', 'one\n| +'],
    ['|one', 's', '|ne +'],
    ['|one', 'rx', '|xne'],
    ['|one', '2rx', '|xxe'],
    ['|one', '5rx', '|one'],
    ['|one', '~', 'O|ne'],
    ['|one\n  two', 'J', 'one| two'],
    // putting
    ['|one two', 'dwp', 'tone| wo'],
    ['|one\ntwo', 'ddp', 'two\n|one'],
    ['one\n|two', 'ddP', '|two\none'],
    ['|one\ntwo', 'yyp', 'one\n|one\ntwo'],
    ['|one two', 'ywP', 'one| one two'],
    ['|one', 'x3p', 'noo|oe'],
    // undoing
    ['|one two', 'dwu', '|one two'],
    ['|one two', 'd w u ctrl-r', '|two'],
    ['|one', 'xxuu', '|one'],
    // typing
    ['o|ne', 'i', 'o|ne +'],
    ['o|ne', 'a', 'on|e +'],
    ['  on|e', 'I', '  |one +'],
    ['o|ne\ntwo', 'A', 'one|\ntwo +'],
    ['o|ne', 'o', 'one\n| +'],
    ['o|ne', 'O', '|\none +'],
    // nothing
    ['o|ne', 'dz', 'o|ne'],
    ['o|ne', 'fz', 'o|ne'],
    ['|', 'x', '|'],
    ['|', 'dw', '|'],
    ['|', 'p', '|'],
    // keys with names
    ['|one', 'right delete', 'o|e'],
    ['|one two', 'right end', 'one tw|o'],
    // whole characters
    ['|👩‍👩‍👧a', 'x', '|a'],
    ['|e\u0301a', 'l', 'e\u0301|a'],
  ])('%j, %s: %j', (from, keys, to) => {
    expect(run(from, keys)).toBe(to);
  });

  it.each(['j', 'k'])('leaves %s to the rows on the screen, with its count', (key) => {
    const by = key === 'j' ? 1 : -1;
    expect(viPress(bufferOf('|one'), '', key)).toEqual({ kind: 'rows', by });
    expect(viPress(bufferOf('|one'), '3', key)).toEqual({ kind: 'rows', by: 3 * by });
  });

  it.each(['enter', '/', ':', 'ctrl-k', 'f1', 'z'])('leaves %s to the keymap', (key) => {
    expect(viPress(bufferOf('|one'), '', key)).toEqual({ kind: 'unknown' });
  });

  it('keeps the cursor on a character, and takes everything back, whatever is pressed', () => {
    const key = fc.constantFrom(...'hlwbeWBE0^$gGfFtTxXsSrdcyDCYJpPuiaAIoO~123', 'ctrl-r', 'é', '👩‍👩‍👧');
    const text = fc.array(fc.constantFrom('a', 'B', ' ', '\n', ',', 'e\u0301', '👩‍👩‍👧', '\t'), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(text, fc.array(key, { maxLength: 25 }), (parts, keys) => {
        let state: State = { buffer: { ...textBuffer(parts.join('')), cursor: 0 }, mode: 'normal', keys: '' };
        const first = state.buffer.text;
        for (const one of keys) {
          if (state.mode === 'insert')
            state = { ...state, buffer: leaveInsert(state.buffer), mode: 'normal' };
          state = pressed(state, one);
          const { text: now, cursor } = state.buffer;
          const borders = [...graphemesOf(now).map(({ offset }) => offset), now.length];
          expect(borders).toContain(cursor);
          if (state.mode === 'normal' && state.keys === '' && cursor > 0)
            expect((now[cursor] ?? '\n') === '\n' && now[cursor - 1] !== '\n').toBe(false);
        }
        state = { ...state, keys: '' };
        for (let i = 0; i < 200; i++) state = pressed(state, 'u');
        expect(state.buffer.text).toBe(first);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
