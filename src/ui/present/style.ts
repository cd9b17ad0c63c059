/** How a cell looks, read from SGR sequences and written as the shortest SGR sequence from one look to another. */

/** One look. Two looks are the same if and only if they are the same object. */
export type Style = Readonly<{
  /** bit `n` stands for `attributes[n]` */
  flags: number;
  /** SGR parameters of the foreground (`36`, `38;5;208`, `38;2;1;2;3`), or '' */
  foreground: string;
  /** as `foreground`, of the background */
  background: string;
}>;

/** Parameter that sets an attribute and the one that takes it away, in the order of the bits. */
const attributes = [
  [1, 22],
  [2, 22],
  [3, 23],
  [4, 24],
  [7, 27],
  [9, 29],
] as const;
const dim = 0b10;
const boldAndDim = 0b11;
const reversed = 0b10000;
/** What is seen on a blank too: underline, reversal, strike. */
const onBlanks = 0b111000;

/** A theme has a few dozen looks; more than this come from nobody. */
const maxKnown = 4096;
const known = new Map<string, Style>();

function styleOf(flags: number, foreground: string, background: string): Style {
  const name = `${flags}|${foreground}|${background}`;
  let style = known.get(name);
  if (style === undefined) {
    // A look made anew is another object, and costs a few cells that are written again.
    if (known.size >= maxKnown) known.clear();
    style = { flags, foreground, background };
    known.set(name, style);
  }
  return style;
}

export const plainStyle: Style = { flags: 0, foreground: '', background: '' };
known.set('0||', plainStyle);

export function isDim(style: Style): boolean {
  return (style.flags & dim) !== 0;
}

export function isReversed(style: Style): boolean {
  return (style.flags & reversed) !== 0;
}

/** The look of a blank: what colours and weighs letters is not seen on it. */
export function blankStyle(style: Style): Style {
  if (style === plainStyle) return style;
  const flags = style.flags & onBlanks;
  return styleOf(flags, flags === 0 ? '' : style.foreground, style.background);
}

/** The look after an SGR sequence with these parameters (what stands between `ESC [` and `m`). */
export function applySgr(style: Style, parameters: string): Style {
  let { flags, foreground, background } = style;
  const codes = parameters.split(';').map((code) => (code === '' ? 0 : Number(code)));
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 0) {
      flags = 0;
      foreground = '';
      background = '';
    } else if (code === 39) foreground = '';
    else if (code === 49) background = '';
    else if (isBasic(code, 30)) foreground = String(code);
    else if (isBasic(code, 40)) background = String(code);
    else if (code === 38 || code === 48) {
      const length = codes[i + 1] === 5 ? 3 : codes[i + 1] === 2 ? 5 : 0;
      const colour = codes.slice(i, i + length);
      if (length === 0 || colour.length < length || colour.some((part) => !(part >= 0 && part <= 255))) break;
      if (code === 38) foreground = colour.join(';');
      else background = colour.join(';');
      i += length - 1;
    } else
      for (const [bit, [on, off]] of attributes.entries()) {
        if (code === on) flags |= 1 << bit;
        else if (code === off) flags &= ~(1 << bit);
      }
  }
  return styleOf(flags, foreground, background);
}

/** Whether a code is one of the eight colours, or bright ones, of a ground (30 or 40). */
function isBasic(code: number, ground: number): boolean {
  return (code >= ground && code < ground + 8) || (code >= ground + 60 && code < ground + 68);
}

const transitions = new WeakMap<Style, WeakMap<Style, string>>();

/** The shortest SGR sequence that turns one look into another; '' for the same. */
export function sgrBetween(from: Style, to: Style): string {
  if (from === to) return '';
  let ofFrom = transitions.get(from);
  if (ofFrom === undefined) {
    ofFrom = new WeakMap();
    transitions.set(from, ofFrom);
  }
  let sequence = ofFrom.get(to);
  if (sequence === undefined) {
    const changed = `\x1b[${changes(from, to).join(';')}m`;
    const anew = to === plainStyle ? '\x1b[m' : `\x1b[${['0', ...changes(plainStyle, to)].join(';')}m`;
    sequence = changed.length <= anew.length ? changed : anew;
    ofFrom.set(to, sequence);
  }
  return sequence;
}

function changes(from: Style, to: Style): string[] {
  const out: string[] = [];
  let flags = from.flags;
  const gone = flags & ~to.flags;
  for (const [bit, [, off]] of attributes.entries()) {
    if ((gone & (1 << bit)) === 0 || out.includes(String(off))) continue;
    out.push(String(off));
    // One parameter takes bold and dim away together.
    flags &= off === 22 ? ~boldAndDim : ~(1 << bit);
  }
  for (const [bit, [on]] of attributes.entries())
    if ((to.flags & ~flags & (1 << bit)) !== 0) out.push(String(on));
  if (from.foreground !== to.foreground) out.push(to.foreground === '' ? '39' : to.foreground);
  if (from.background !== to.background) out.push(to.background === '' ? '49' : to.background);
  return out;
}
