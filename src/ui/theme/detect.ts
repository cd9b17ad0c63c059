/** What a terminal can show, from its environment and its own answer: depth of colour, and whether its ground is dark. */

/** Colours that a terminal knows: none, its own 16, the 256 of xterm, or all of 24 bits. */
export type ColorDepth = 'none' | '16' | '256' | 'true';

/** Null: not known, or so much in between that no colours of ours are sure to be legible on it. */
export type Background = 'dark' | 'light' | null;

export type TerminalColors = Readonly<{ depth: ColorDepth; background: Background }>;

type Env = Readonly<Record<string, string | undefined>>;

const forced: Readonly<Record<string, ColorDepth>> = {
  '0': 'none',
  false: 'none',
  '2': '256',
  '3': 'true',
};
const order: readonly ColorDepth[] = ['none', '16', '256', 'true'];

const trueColorTerm =
  /-direct\d*$|-truecolor$|^(?:xterm-)?(?:kitty|ghostty)$|^(?:alacritty|foot|contour|wezterm)(?:-.*)?$/;
const colorlessTerm = /^(?:dumb|vt\d.*|ansi-m|.*-mono|.*-m|network|unknown)$/;
const trueColorPrograms: readonly string[] = ['iTerm.app', 'WezTerm', 'ghostty', 'vscode', 'Hyper', 'rio'];

/**
 * What the environment says. `isWanted` is false after `--no-color` or `NO_COLOR`, which win over everything. Then
 * `FORCE_COLOR` (0 to 3; set otherwise: at least 16), `COLORTERM`, `TERM` and the variables that terminals set.
 */
export function colorsOf(env: Env, isWanted: boolean): TerminalColors {
  return { depth: isWanted ? depthOf(env) : 'none', background: backgroundOfVariable(env.COLORFGBG) };
}

function depthOf(env: Env): ColorDepth {
  const { FORCE_COLOR } = env;
  if (FORCE_COLOR === undefined) return ownDepth(env);
  const depth = Object.hasOwn(forced, FORCE_COLOR) ? forced[FORCE_COLOR] : undefined;
  return depth ?? (ownDepth(env) === 'none' ? '16' : ownDepth(env));
}

function ownDepth(env: Env): ColorDepth {
  const term = env.TERM ?? '';
  const program = env.TERM_PROGRAM ?? '';
  if (term === '' ? env.WT_SESSION === undefined : colorlessTerm.test(term)) return 'none';
  const isTrue =
    /^(?:truecolor|24bit)$/i.test(env.COLORTERM ?? '') ||
    trueColorTerm.test(term) ||
    trueColorPrograms.includes(program) ||
    env.WT_SESSION !== undefined;
  const depth = isTrue ? 'true' : /256/.test(term) || program === 'Apple_Terminal' ? '256' : '16';
  // What the terminal around it said comes through to programs in GNU screen, which does not know 24 bits (before 5.0).
  return (env.STY ?? '') !== '' && (env.TMUX ?? '') === '' ? atMost(depth, '256') : depth;
}

/** The lesser of two depths. */
export function atMost(depth: ColorDepth, limit: ColorDepth): ColorDepth {
  return order.indexOf(depth) < order.indexOf(limit) ? depth : limit;
}

/** `COLORFGBG` is foreground and background as numbers of the 16 colours, with something between them at times. */
function backgroundOfVariable(value: string | undefined): Background {
  const last = /;(\d{1,2})$/.exec(value ?? '')?.[1];
  if (last === undefined) return null;
  const color = Number(last);
  if (color > 15) return null;
  return color <= 6 || color === 8 ? 'dark' : 'light';
}

/** Red, green and blue, 0 to 1. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Up to here every colour of the dark palettes has a contrast of 4.5:1, and from there on every one of the light ones. */
export const darkest = 0.04;
export const lightest = 0.85;

/** What to think of a background colour that the terminal told. */
export function backgroundOf(color: Rgb): Background {
  const light = luminance(color);
  return light <= darkest ? 'dark' : light >= lightest ? 'light' : null;
}

/** Relative luminance as WCAG 2 has it: 0 is black, 1 is white. */
export function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
