/** What an emulator shows, as an SVG picture: real text in cells, so that it can be searched and scaled. */
import type xterm from '@xterm/headless';

type Terminal = InstanceType<typeof xterm.Terminal>;

const cell = { width: 8.4, height: 18, fontSize: 14 };
const margin = 12;
/** A dark terminal's colours: its own 16, then what programs choose. */
const palette = {
  foreground: '#d6dae0',
  background: '#14171c',
  ansi: [
    '#2b3038',
    '#e06c75',
    '#98c379',
    '#d7ba7d',
    '#61afef',
    '#c678dd',
    '#56b6c2',
    '#c8ccd4',
    '#6b7280',
    '#f07f88',
    '#b0d895',
    '#e8cf95',
    '#82c3ff',
    '#d99bea',
    '#7fd0da',
    '#f3f5f8',
  ],
} as const;

/** One picture of the whole screen; `title` is read out by screen readers. */
export function screenSvg(terminal: Terminal, title: string, cursorShown: boolean): string {
  const { cols, rows } = terminal;
  const width = cols * cell.width + 2 * margin;
  const height = rows * cell.height + 2 * margin;
  const parts: string[] = [];
  for (let y = 0; y < rows; y++) parts.push(...rowSvg(terminal, y));
  const { cursorX, cursorY } = terminal.buffer.active;
  const cursor = cursorShown ? [rect(cursorX, cursorY, 1, palette.foreground, 0.6)] : [];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" role="img">`,
    `<title>${xmlText(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${palette.background}"/>`,
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${cell.fontSize}" xml:space="preserve">`,
    ...parts,
    ...cursor,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

type Look = Readonly<{ fill: string; back: string | null; extra: string }>;

function rowSvg(terminal: Terminal, y: number): string[] {
  const line = terminal.buffer.active.getLine(terminal.buffer.active.baseY + y);
  if (line === undefined) return [];
  const backs: string[] = [];
  const texts: string[] = [];
  let run: { x: number; cells: number; text: string; look: Look } | null = null;
  const end = (): void => {
    if (run === null) return;
    if (run.look.back !== null) backs.push(rect(run.x, y, run.cells, run.look.back, 1));
    if (run.text.trim() !== '') {
      const at = `x="${round(margin + run.x * cell.width)}" y="${round(margin + y * cell.height + cell.fontSize)}"`;
      // The length holds columns in place whatever font the reader has.
      const length = `textLength="${round(run.cells * cell.width)}" lengthAdjust="spacingAndGlyphs"`;
      texts.push(
        `<text ${at} ${length} fill="${run.look.fill}"${run.look.extra}>${xmlText(run.text)}</text>`,
      );
    }
    run = null;
  };
  for (let x = 0; x < terminal.cols; x++) {
    const found = line.getCell(x);
    const width = found?.getWidth() ?? 0;
    if (found === undefined || width === 0) continue;
    const look = lookOf(found);
    const text = found.getChars() || ' ';
    if (run === null || width > 1 || !sameLook(run.look, look)) end();
    run ??= { x, cells: 0, text: '', look };
    run.cells += width;
    run.text += text;
    if (width > 1) end();
  }
  end();
  return [...backs, ...texts];
}

type Cell = NonNullable<
  ReturnType<NonNullable<ReturnType<Terminal['buffer']['active']['getLine']>>['getCell']>
>;

function lookOf(of: Cell): Look {
  const front = color(of.getFgColor(), of.isFgRGB(), of.isFgDefault()) ?? palette.foreground;
  const back = color(of.getBgColor(), of.isBgRGB(), of.isBgDefault());
  const isInverse = of.isInverse() !== 0;
  const extra = [
    of.isBold() ? ' font-weight="bold"' : '',
    of.isItalic() ? ' font-style="italic"' : '',
    of.isUnderline() ? ' text-decoration="underline"' : '',
    of.isDim() ? ' opacity="0.65"' : '',
  ].join('');
  return isInverse ? { fill: back ?? palette.background, back: front, extra } : { fill: front, back, extra };
}

function sameLook(a: Look, b: Look): boolean {
  return a.fill === b.fill && a.back === b.back && a.extra === b.extra;
}

function color(value: number, isRgb: boolean, isDefault: boolean): string | null {
  if (isDefault) return null;
  if (isRgb) return `#${value.toString(16).padStart(6, '0')}`;
  const own = palette.ansi[value];
  if (own !== undefined) return own;
  if (value >= 232) return `#${(8 + (value - 232) * 10).toString(16).padStart(2, '0').repeat(3)}`;
  const steps = [0, 95, 135, 175, 215, 255];
  const n = value - 16;
  return `#${[Math.floor(n / 36), Math.floor(n / 6) % 6, n % 6].map((i) => (steps[i] ?? 0).toString(16).padStart(2, '0')).join('')}`;
}

function rect(x: number, y: number, cells: number, fill: string, opacity: number): string {
  const place = `x="${round(margin + x * cell.width)}" y="${round(margin + y * cell.height)}"`;
  const size = `width="${round(cells * cell.width)}" height="${cell.height}"`;
  return `<rect ${place} ${size} fill="${fill}"${opacity === 1 ? '' : ` opacity="${opacity}"`}/>`;
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function xmlText(text: string): string {
  return text.replace(/[&<>]/g, (c) => (c === '&' ? '&amp;' : c === '<' ? '&lt;' : '&gt;'));
}
