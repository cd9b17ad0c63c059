import { EventEmitter } from 'node:events';
import process from 'node:process';
import xterm from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { Grid } from '../../../src/ui/present/grid.ts';
import type { CursorPlace } from '../../../src/ui/present/paint.ts';
import { Presenter } from '../../../src/ui/present/presenter.ts';
import { applySgr, plainStyle, type Style } from '../../../src/ui/present/style.ts';
import { symbolOf } from '../../../src/ui/present/symbols.ts';
import type { OutputStream } from '../../../src/ui/terminal/streams.ts';
import { graphemeWidth } from '../../../src/ui/text/cells.ts';
import { type Clock, systemClock } from '../../../src/util/clock.ts';
import { outsideGrammar } from '../../support/output-grammar.ts';
import { seededRandom } from '../../support/seeded-random.ts';

/** Random edits of the property test; a nightly run sets a million. */
const edits = Number(process.env.PRESENT_EDITS ?? 12_000);

/** A terminal that takes writes, says whether it is ready for more, and can be asked what it shows. */
class Tty extends EventEmitter {
  readonly writes: string[] = [];
  isSlow = false;
  readonly terminal: InstanceType<typeof xterm.Terminal>;

  constructor(columns: number, rows: number, widthOf?: (code: number) => 0 | 1 | 2) {
    super();
    this.terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    if (widthOf !== undefined) {
      this.terminal.unicode.register({
        version: 'other',
        wcwidth: widthOf,
        // The emulator's way to say it: width, and whether the character joins the one before it.
        charProperties: (code) => (widthOf(code) << 1) | (widthOf(code) === 0 ? 1 : 0),
      });
      this.terminal.unicode.activeVersion = 'other';
    }
    this.terminal.write('\x1b[?1049h\x1b[?7l');
  }

  write(data: string): boolean {
    this.writes.push(data);
    this.terminal.write(data);
    return !this.isSlow;
  }

  parsed(): Promise<void> {
    return new Promise((resolve) => this.terminal.write('', resolve));
  }
}

/** No write ever takes long: how busy the machine is changes nothing. */
const still: Clock = { ...systemClock, monotonic: () => 0 };

function presenterOn(tty: Tty, clock: Clock = still): Presenter {
  // Only what a presenter uses of a stream is there.
  return new Presenter(tty as unknown as OutputStream, clock);
}

type Random = (below: number) => number;

const samples = [
  ...'abcdefghij  .,',
  'é',
  'ж',
  '│',
  '─',
  '…',
  '你',
  '한',
  '👍',
  '👍🏽',
  '❤️',
  '👨‍👩‍👧',
  '🇩🇪',
  'e\u0301',
  'ก\u0e33',
  '✓',
];
const looks = ['', '1', '2', '7', '36', '1;7;33', '38;5;208', '38;2;1;2;3;44', '4', '9;3'].map((sgr) =>
  applySgr(plainStyle, sgr),
);

function pick<T>(random: Random, values: readonly [T, ...T[]] | readonly T[]): T {
  const value = values[random(values.length)];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
}

/** One random edit: a grapheme, a run of text, a blank stretch, a scroll of some rows, or all blank. */
function edit(grid: Grid, random: Random): void {
  const x = random(grid.columns);
  const y = random(grid.rows);
  const kind = random(24);
  if (kind < 10) put(grid, x, y, pick(random, samples), pick(random, looks));
  else if (kind < 18) {
    const style = pick(random, looks);
    let at = x;
    for (let i = random(30); i > 0; i--) at += put(grid, at, y, pick(random, samples), style);
  } else if (kind < 21) for (let i = x; i < grid.columns; i++) put(grid, i, y, ' ', plainStyle);
  else if (kind < 23 && grid.rows > 2) {
    const top = random(grid.rows - 1);
    const bottom = top + 1 + random(grid.rows - top - 1);
    grid.scroll(top, bottom, (1 + random(bottom - top)) * (random(2) === 0 ? 1 : -1));
  } else if (random(20) === 0) grid.scroll(0, grid.rows - 1, grid.rows);
}

function put(grid: Grid, x: number, y: number, text: string, style: Style): number {
  const width = graphemeWidth(text);
  if (x + width > grid.columns) return 0;
  grid.set(x, y, text, style, width);
  return width;
}

/**
 * Rows in which the terminal does not show what the grid holds. Where terminals agree on a width, text and look must
 * be there; in the cells of a grapheme on which they do not (this one has a table of its own), only the first is read.
 */
function wrongRows(grid: Grid, { terminal }: Tty): string[] {
  const wrong: string[] = [];
  for (let y = 0; y < grid.rows; y++) {
    const line = terminal.buffer.active.getLine(y);
    for (let x = 0; x < grid.columns; x++) {
      const at = y * grid.columns + x;
      const wanted = grid.texts[at] ?? '';
      if (wanted === '') continue;
      const cell = line?.getCell(x);
      const shown = cell?.getChars() || ' ';
      const { trust } = symbolOf(wanted);
      const isRight =
        trust === 'loose'
          ? wanted.startsWith(shown) || x + graphemeWidth(wanted) >= grid.columns
          : shown === wanted;
      const style = grid.styles[at] ?? plainStyle;
      const isStyled =
        Boolean(cell?.isInverse()) === ((style.flags & 16) !== 0) &&
        (wanted === ' ' || Boolean(cell?.isBold()) === ((style.flags & 1) !== 0)) &&
        (wanted === ' ' || cell?.isFgDefault() === (style.foreground === '')) &&
        cell?.isBgDefault() === (style.background === '');
      if (!isRight || !isStyled) {
        wrong.push(`${y},${x}: ${JSON.stringify(wanted)} ${JSON.stringify(shown)} ${isStyled}`);
        break;
      }
    }
  }
  return wrong;
}

describe('the screen of a terminal', () => {
  it.each([
    ['that shows a frame all at once', true],
    ['that shows what it gets', false],
  ])('%s equals the grid after any edits and any sizes', async (_, isAtomic) => {
    const bytes = seededRandom(isAtomic ? 1 : 2);
    const below: Random = (limit) => new DataView(bytes(4).buffer).getUint32(0) % limit;
    let grid = new Grid(80, 24);
    const tty = new Tty(80, 24);
    const presenter = presenterOn(tty);
    presenter.setAtomic(isAtomic);
    let left = edits / 2;
    let wrong = 0;
    while (left > 0) {
      if (below(40) === 0) {
        grid = new Grid(2 + below(130), 1 + below(45));
        await tty.parsed();
        tty.terminal.resize(grid.columns, grid.rows);
        presenter.invalidate();
      }
      for (let i = 1 + below(below(4) === 0 ? 60 : 4); i > 0; i--, left--) edit(grid, below);
      const cursor: CursorPlace = below(3) === 0 ? null : { x: below(grid.columns), y: below(grid.rows) };
      tty.writes.length = 0;
      presenter.present(grid.copy(), cursor);
      const output = tty.writes.join('');
      expect(outsideGrammar(output)).toBeNull();
      await tty.parsed();
      const rows = wrongRows(grid, tty);
      wrong += rows.length;
      if (wrong > 0) expect(`${rows.join('\n')}\n${JSON.stringify(output)}`).toBe('');
      const { cursorX, cursorY } = tty.terminal.buffer.active;
      if (cursor !== null) expect([cursorX, cursorY]).toEqual([cursor.x, cursor.y]);
      tty.writes.length = 0;
      presenter.present(grid.copy(), cursor);
      expect(tty.writes).toEqual([]);
    }
  });
});

const isJoining = (code: number) => /[\p{M}\u200d]/u.test(String.fromCodePoint(code));

/** How other terminals may count; ASCII is the same everywhere. */
const tables: readonly (readonly [string, (code: number) => 0 | 1 | 2])[] = [
  ['takes every character for narrow', () => 1],
  ['takes everything but ASCII for wide', (code) => (code < 0x7f || isJoining(code) ? 1 : 2)],
  ['joins what it can and takes emoji for narrow', (code) => (isJoining(code) ? 0 : 1)],
];

describe('a terminal that', () => {
  it.each(tables)('%s still shows every other character in its column', async (_, widthOf) => {
    const bytes = seededRandom(3);
    const below: Random = (limit) => new DataView(bytes(4).buffer).getUint32(0) % limit;
    const grid = new Grid(60, 20);
    const tty = new Tty(60, 20, widthOf);
    const presenter = presenterOn(tty);
    let seen = 0;
    for (let round = 0; round < 300; round++) {
      for (let i = 1 + below(6); i > 0; i--) edit(grid, below);
      presenter.present(grid.copy(), null);
      await tty.parsed();
      for (let y = 0; y < grid.rows; y++) {
        const line = tty.terminal.buffer.active.getLine(y);
        for (let x = 0; x < grid.columns; x++) {
          const wanted = grid.texts[y * grid.columns + x] ?? '';
          if (!/^[!-~]$/.test(wanted)) continue;
          seen++;
          if (line?.getCell(x)?.getChars() !== wanted) expect(`${round} ${y},${x} ${wanted}`).toBe('');
        }
      }
    }
    expect(seen).toBeGreaterThan(10_000);
  });

  it('joins what is written behind an open joiner is never given one: the next cell stays its own', async () => {
    const tty = new Tty(30, 2);
    const grid = new Grid(30, 2);
    grid.writeLine(0, 0, '👨\u200d👩\u200d end a\u200d b\u200d\u200d', 30);
    presenterOn(tty).present(grid, null);
    await tty.parsed();
    const output = tty.writes.join('');
    expect(output).toContain('👨\u200d👩');
    expect(output).not.toMatch(/\u200d(?!👩)/u);
    expect(tty.terminal.buffer.active.getLine(0)?.translateToString(true)).toMatch(/ end a b$/);
  });
});

describe('the line to the terminal', () => {
  const screenOf = (text: string): Grid => {
    const grid = new Grid(40, 5);
    grid.writeLine(0, 0, text, 40);
    return grid;
  };

  it('carries only the newest screen once a slow line has drained', async () => {
    const tty = new Tty(40, 5);
    const presenter = presenterOn(tty);
    tty.isSlow = true;
    presenter.present(screenOf('frame 0'), null);
    for (let i = 1; i <= 500; i++) presenter.present(screenOf(`frame ${i}`), null);
    expect(tty.writes).toHaveLength(1);
    tty.isSlow = false;
    tty.emit('drain');
    expect(tty.writes).toHaveLength(2);
    await tty.parsed();
    expect(tty.terminal.buffer.active.getLine(0)?.translateToString(true)).toBe('frame 500');
    tty.emit('drain');
    expect(tty.writes).toHaveLength(2);
  });

  it('carries one screen for all that came while a write waited for it', () => {
    let now = 0;
    let wake = () => {};
    const clock: Clock = {
      ...systemClock,
      monotonic: () => now,
      after: (_, run) => {
        wake = run;
        return () => {};
      },
    };
    const tty = new Tty(40, 5);
    const write = tty.write.bind(tty);
    tty.write = (data) => {
      now += 300;
      return write(data);
    };
    const presenter = presenterOn(tty, clock);
    for (let i = 0; i <= 100; i++) presenter.present(screenOf(`frame ${i}`), null);
    expect(tty.writes).toHaveLength(1);
    wake();
    expect(tty.writes).toHaveLength(2);
    expect(tty.writes[1]).toContain('100');
  });

  it('carries nothing more after the end, whatever waited', () => {
    const tty = new Tty(40, 5);
    const presenter = presenterOn(tty);
    tty.isSlow = true;
    presenter.present(screenOf('one'), null);
    presenter.present(screenOf('two'), null);
    presenter.stop();
    tty.emit('drain');
    expect(tty.writes).toHaveLength(1);
    expect(tty.listenerCount('drain')).toBe(0);
  });

  it('carries synchronised output for a terminal that knows it, and for no other', () => {
    for (const isKnown of [false, true]) {
      const tty = new Tty(40, 5);
      const presenter = presenterOn(tty);
      presenter.setAtomic(isKnown);
      presenter.present(screenOf('abc 你好 👍🏽 '.repeat(4)), null);
      expect(/^\x1b\[\?2026h.*\x1b\[\?2026l$/s.test(tty.writes.join(''))).toBe(isKnown);
      expect(tty.writes.join('').includes('2026')).toBe(isKnown);
    }
  });

  it('carries a scroll, not the rows again, when rows move', () => {
    const tty = new Tty(40, 12);
    const presenter = presenterOn(tty);
    const of = (first: number): Grid => {
      const grid = new Grid(40, 12);
      for (let y = 1; y < 11; y++) grid.writeLine(0, y, String.fromCharCode(first + y).repeat(30), 40);
      return grid;
    };
    presenter.present(of(65), null);
    for (const first of [66, 68, 67]) {
      tty.writes.length = 0;
      presenter.present(of(first), null);
      expect(tty.writes.join('')).toMatch(/\x1b\[\d+;\d+r/);
      expect(tty.writes.join('').length).toBeLessThan(130);
    }
  });
});
