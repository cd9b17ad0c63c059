import { describe, expect, it } from 'vitest';
import { safe } from '../../../src/text/sanitize.ts';
import { edit, insertText, type TextBuffer, textBuffer } from '../../../src/ui/input/text-buffer.ts';
import {
  blankLine,
  bytesTo,
  hiddenLine,
  type ShownLine,
  shownLine,
  wholeLine,
} from '../../../src/ui/linear/input-line.ts';
import { graphemesOf } from '../../../src/ui/text/cells.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const prompt = safe('> ');

/** One row of a terminal that knows printable characters, backspace and carriage return. */
class Row {
  readonly cells: string[] = [];
  cursor = 0;
  widest = 0;

  write(bytes: string): void {
    for (const { text, width } of graphemesOf(bytes)) {
      if (text === '\r') this.cursor = 0;
      else if (text === '\b') this.cursor -= 1;
      else {
        for (let i = 0; i < width; i++) this.cells[this.cursor + i] = i === 0 ? text : '';
        this.cursor += width;
        this.widest = Math.max(this.widest, this.cursor);
      }
    }
  }

  get text(): string {
    return Array.from(this.cells, (cell) => cell ?? ' ')
      .join('')
      .trimEnd();
  }
}

const textOf = ({ graphemes }: ShownLine) =>
  graphemes
    .map(({ text }) => text)
    .join('')
    .trimEnd();
const cellOf = ({ graphemes, cursor }: ShownLine) =>
  graphemes.slice(0, cursor).reduce((sum, { width }) => sum + width, 0);

describe('the line being typed', () => {
  it('costs a byte for a character at its end, and a few in its middle', () => {
    const before = shownLine(prompt, textBuffer('hell'), 80);
    expect(bytesTo(before, shownLine(prompt, textBuffer('hello'), 80))).toBe('o');
    const there = shownLine(prompt, edit(textBuffer('helo'), 'left'), 80);
    const next = shownLine(prompt, insertText(edit(textBuffer('helo'), 'left'), 'l'), 80);
    expect(bytesTo(there, next)).toBe('lo\b');
    expect(bytesTo(next, shownLine(prompt, textBuffer(''), 80))).toBe('\r>      \r> ');
  });

  it('stays on one row, the cursor in sight, and the row shows it after any edits', () => {
    const bytes = seededRandom(7);
    const random = () => ((bytes(2)[0] ?? 0) * 256 + (bytes(1)[0] ?? 0)) / 65_536;
    const pieces = [
      'a',
      'word ',
      '日本',
      'é',
      '👩‍👧',
      '\n',
      '\t',
      '\x1b[2J',
      '\u202e',
      '\u2067x',
      'x'.repeat(30),
    ];
    const commands = ['left', 'right', 'word-left', 'line-start', 'text-end', 'backspace', 'undo'] as const;
    for (const columns of [20, 40, 80]) {
      const row = new Row();
      let buffer: TextBuffer = textBuffer();
      let shown = blankLine;
      for (let i = 0; i < 600; i++) {
        const pick = random();
        const piece = pieces[Math.floor(random() * pieces.length)] ?? 'a';
        const command = commands[Math.floor(random() * commands.length)] ?? 'left';
        buffer = pick < 0.5 ? insertText(buffer, piece) : edit(buffer, pick < 0.98 ? command : 'clear');
        const next = shownLine(prompt, buffer, columns);
        row.write(bytesTo(shown, next));
        shown = next;
        expect(row.text).toBe(textOf(next));
        expect(row.cursor).toBe(cellOf(next));
      }
      expect(row.widest).toBeLessThan(columns);
    }
  });

  it('shows line ends and what could act as symbols', () => {
    const shown = textOf(shownLine(prompt, { ...textBuffer('a\nb'), cursor: 0 }, 80));
    expect(shown).toBe('> a↵b');
    expect(wholeLine(prompt, 'x\u202ey\x9b1m\n')).toBe('> x⟦RLO⟧y␛[1m↵');
  });

  it('shows nothing of what is typed behind a hidden prompt', () => {
    const shown = hiddenLine(safe('Password: '), 80);
    expect(textOf(shown)).toBe('Password:');
    expect(bytesTo(shown, hiddenLine(safe('Password: '), 80))).toBe('');
  });
});
