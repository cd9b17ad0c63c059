import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  codePointCount,
  type EditCommand,
  edit,
  insertLine,
  insertText,
  moveTo,
  type TextBuffer,
  textBuffer,
} from '../../../src/ui/input/text-buffer.ts';

const commands: readonly EditCommand[] = [
  'left',
  'right',
  'word-left',
  'word-right',
  'line-start',
  'line-end',
  'text-start',
  'text-end',
  'backspace',
  'delete',
  'kill-word-left',
  'kill-word-right',
  'kill-line-start',
  'kill-line-end',
  'yank',
  'yank-older',
  'undo',
  'redo',
  'clear',
];

/** Text with the cursor as `|`. */
function shown({ text, cursor }: TextBuffer): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

function at(marked: string): TextBuffer {
  const cursor = marked.indexOf('|');
  return moveTo(textBuffer(marked.replace('|', '')), cursor);
}

describe('one command', () => {
  it.each<[string, EditCommand, string]>([
    ['ab|c', 'left', 'a|bc'],
    ['a\n|b', 'left', 'a|\nb'],
    ['|a', 'left', '|a'],
    ['👨‍👩‍👧‍👦|x', 'left', '|👨‍👩‍👧‍👦x'],
    ['|e\u0301x', 'right', 'e\u0301|x'],
    ['a|\nb', 'right', 'a\n|b'],
    ['one two|', 'word-left', 'one |two'],
    ['one, |two', 'word-left', '|one, two'],
    ['|one two', 'word-right', 'one| two'],
    ['one|, two', 'word-right', 'one, two|'],
    ['a\nbc|d', 'line-start', 'a\n|bcd'],
    ['|\na', 'line-start', '|\na'],
    ['a|b\nc', 'line-end', 'ab|\nc'],
    ['a\nb|', 'text-start', '|a\nb'],
    ['|a\nb', 'text-end', 'a\nb|'],
    ['a👍🏽|b', 'backspace', 'a|b'],
    ['a\n|b', 'backspace', 'a|b'],
    ['|👍🏽b', 'delete', '|b'],
    ['a|\nb', 'delete', 'a|b'],
    ['one two|', 'kill-word-left', 'one |'],
    ['|one two', 'kill-word-right', '| two'],
    ['x\nab|cd', 'kill-line-start', 'x\n|cd'],
    ['ab|cd\nx', 'kill-line-end', 'ab|\nx'],
    ['ab|\nx', 'kill-line-end', 'ab|x'],
    ['ab|', 'clear', '|'],
  ])('%j %s %j', (before, command, after) => {
    expect(shown(edit(at(before), command))).toBe(after);
  });

  it('yank puts back what was cut, as often as asked', () => {
    const cut = edit(at('one two|'), 'kill-word-left');
    expect(shown(edit(edit(cut, 'yank'), 'yank'))).toBe('one twotwo|');
  });

  it('cuts in a row are one; after yank, yank-older goes round the ring in place, and one undo takes it all back', () => {
    let buffer = edit(edit(at('one two three|'), 'kill-word-left'), 'kill-word-left');
    expect(buffer.kills).toEqual(['two three']);
    buffer = edit(edit(buffer, 'left'), 'kill-line-start');
    expect([shown(buffer), buffer.kills.at(-1)]).toEqual(['| ', 'one']);
    buffer = edit(buffer, 'yank');
    expect(shown(buffer)).toBe('one| ');
    buffer = edit(buffer, 'yank-older');
    expect(shown(buffer)).toBe('two three| ');
    expect(shown(edit(buffer, 'yank-older'))).toBe('one| ');
    expect(shown(edit(buffer, 'undo'))).toBe('| ');
    expect(shown(edit(edit(buffer, 'left'), 'yank-older'))).toBe('two thre|e ');
  });

  it('knows words as Unicode does: apostrophes inside, dictionaries where there are no spaces', () => {
    expect(shown(edit(at("don't stop|"), 'word-left'))).toBe("don't |stop");
    expect(shown(edit(at("|don't stop"), 'word-right'))).toBe("don't| stop");
    expect(shown(edit(at('|你好世界'), 'word-right'))).toBe('你好|世界');
    expect(shown(edit(at('one\n --\n|'), 'word-left'))).toBe('|one\n --\n');
    expect(shown(edit(at('|--\n\n one'), 'word-right'))).toBe('--\n\n one|');
  });

  it('undo takes back a typed word at once, redo brings it again', () => {
    let buffer = textBuffer();
    for (const character of 'hello world') buffer = insertText(buffer, character);
    buffer = edit(buffer, 'undo');
    expect(buffer.text).toBe('hello ');
    buffer = edit(edit(buffer, 'undo'), 'undo');
    expect(buffer.text).toBe('');
    for (let i = 0; i < 3; i++) buffer = edit(buffer, 'redo');
    expect(shown(buffer)).toBe('hello world|');
  });

  it('a cleared text can be undone', () => {
    expect(shown(edit(edit(at('hel|lo'), 'clear'), 'undo'))).toBe('hel|lo');
  });
});

describe('inserting', () => {
  it('normalises line ends and drops control characters, keeps tabs', () => {
    expect(insertText(textBuffer(), 'a\r\nb\rc\x1b[31m\x07\td').text).toBe('a\nb\nc[31m\td');
  });

  it('in a field of one line makes line ends spaces', () => {
    expect(insertLine(textBuffer(), ' 05ab\r\n cd\n').text).toBe(' 05ab cd ');
  });

  it('a mark joins the grapheme before it and the cursor stays behind both', () => {
    const buffer = insertText(insertText(textBuffer(), 'e'), '\u0301');
    expect(shown(edit(buffer, 'left'))).toBe('|e\u0301');
  });
});

describe('any sequence of commands', () => {
  const step = fc.oneof(
    fc.constantFrom(...commands).map((command) => (buffer: TextBuffer) => edit(buffer, command)),
    fc
      .oneof(
        fc.string({ unit: 'grapheme', maxLength: 4 }),
        fc.constantFrom('\n', ' ', '👨‍👩‍👧‍👦', '\u0301', '🇫🇷', '你'),
      )
      .map((text) => (buffer: TextBuffer) => insertText(buffer, text)),
  );

  it('leaves the cursor at a grapheme border of well-formed text', () => {
    const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let buffer = textBuffer();
        for (const run of steps) {
          buffer = run(buffer);
          const start = buffer.text.slice(0, buffer.cursor).lastIndexOf('\n') + 1;
          const line = buffer.text.slice(start).split('\n')[0] ?? '';
          const borders = [...segmenter.segment(line)].map(({ index }) => start + index);
          expect([...borders, start + line.length]).toContain(buffer.cursor);
        }
      }),
    );
  });

  it('is undone to the beginning and redone to the end', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const end = steps.reduce((buffer, run) => run(buffer), textBuffer());
        let buffer = end;
        while (buffer.redo.length > 0) buffer = edit(buffer, 'redo');
        const newest = buffer.text;
        let undone = 0;
        while (buffer.undo.length > 0) {
          buffer = edit(buffer, 'undo');
          undone += 1;
        }
        for (let i = 0; i < undone; i++) buffer = edit(buffer, 'redo');
        expect(buffer.text).toBe(newest);
      }),
    );
  });
});

it('counts code points as the message limit does', () => {
  expect(codePointCount('a😀é\u0301')).toBe(4);
});
