/**
 * How roles look at a depth of colour, on a background. The panes' lines carry marks (theme.ts); each frame's cells
 * are turned into looks just before it is compared and written. So a theme can change under a screen that stands,
 * and nothing but the cells that look different is written.
 */
import { applySgr, isDim, isReversed, plainStyle, type Style } from '../present/style.ts';
import { atMost, type Background, type ColorDepth } from './detect.ts';
import { type Ink, type InkName, inkNames, type Palette, palettes } from './palettes.ts';
import { inkOfMark } from './theme.ts';

export const themeChoices = ['auto', 'dark', 'light', 'contrast', 'terminal', 'none'] as const;

/** What the setting `theme` can be. */
export type ThemeChoice = (typeof themeChoices)[number];

/** From a mark to the look that is written. */
export type Looks = (style: Style) => Style;

/** SGR parameters that make a look of a mark. */
type Rules = Readonly<Record<InkName, string>>;

/** Weight instead of colour. */
const colorless: Rules = {
  dim: '',
  name: '39;1',
  self: '39;1',
  unread: '39;1',
  good: '39',
  warning: '39;1',
  error: '39;1',
  key: '39;1',
  selected: '',
};
/** The terminal's own colours, as they are used on a ground that is not known. */
const basic: Rules = {
  dim: '',
  name: '36',
  self: '32',
  unread: '33',
  good: '32',
  warning: '33',
  error: '31',
  key: '36',
  selected: '',
};
/** Nothing faint, everything that has a meaning bold. */
const colorlessContrast: Rules = { ...colorless, dim: '22', good: '39;1' };

const made = new Map<Rules, Looks>();
const rulesMade = new Map<string, Rules>();

/** The looks of a theme on a terminal. The same arguments give the same function. */
export function looksOf(choice: ThemeChoice, depth: ColorDepth, background: Background): Looks {
  const rules = rulesOf(choice, depth, background);
  let looks = made.get(rules);
  if (looks === undefined) {
    looks = looksBy(rules);
    made.set(rules, looks);
  }
  return looks;
}

function rulesOf(choice: ThemeChoice, depth: ColorDepth, detected: Background): Rules {
  if (choice === 'none' || depth === 'none') return choice === 'contrast' ? colorlessContrast : colorless;
  const background = choice === 'dark' || choice === 'light' ? choice : detected;
  if (background === null) return choice === 'contrast' ? colorlessContrast : basic;
  const name = choice === 'contrast' ? (`${background}Contrast` as const) : background;
  const shown = choice === 'terminal' ? atMost(depth, '16') : depth;
  const key = `${name} ${shown}`;
  let rules = rulesMade.get(key);
  if (rules === undefined) {
    rules = rulesFrom(palettes[name], shown, choice === 'contrast');
    rulesMade.set(key, rules);
  }
  return rules;
}

function rulesFrom(palette: Palette, depth: ColorDepth, isContrast: boolean): Rules {
  const rules: Record<InkName, string> = { ...colorless };
  for (const name of inkNames) rules[name] = ruleOf(name, palette[name], depth, isContrast);
  return rules;
}

function ruleOf(name: InkName, ink: Ink, depth: ColorDepth, isContrast: boolean): string {
  if (name === 'dim') {
    // Faint is the only grey that all terminals with 16 colours have; elsewhere it is a colour that is sure to be legible.
    if (depth === '16') return isContrast ? '22' : '';
    return `22;${colorOf(ink, depth)}`;
  }
  const color = colorOf(ink, depth);
  return isContrast && name !== 'selected' ? `1;${color}` : color;
}

function colorOf({ rgb, indexed, basic: own }: Ink, depth: ColorDepth): string {
  if (depth === '16') return own;
  if (depth === '256') return `38;5;${indexed}`;
  return `38;2;${Number.parseInt(rgb.slice(1, 3), 16)};${Number.parseInt(rgb.slice(3, 5), 16)};${Number.parseInt(rgb.slice(5), 16)}`;
}

function looksBy(rules: Rules): Looks {
  const known = new WeakMap<Style, Style>();
  return (style) => {
    if (style === plainStyle) return style;
    let look = known.get(style);
    if (look === undefined) {
      const name = inkOf(style);
      // A colour that is no mark is nobody's: what is written has the depth that was chosen, and no other.
      const parameters = name === null ? '39' : rules[name];
      look = parameters === '' ? style : applySgr(style, parameters);
      known.set(style, look);
    }
    return look;
  };
}

function inkOf(style: Style): InkName | null {
  if (style.foreground !== '') return inkOfMark(style.foreground);
  return isReversed(style) ? 'selected' : isDim(style) ? 'dim' : null;
}
