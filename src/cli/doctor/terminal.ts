/** The terminal: size, encoding, colour (contracts.md section 6). */
import type { TerminalColors } from '../../ui/index.ts';
import { combined, type Finding, ok, warning } from './findings.ts';

export type TerminalFacts = Readonly<{
  isTerminal: boolean;
  /** null where it does not say */
  columns: number | null;
  rows: number | null;
  /** what the chat UI would use */
  colors: TerminalColors['depth'];
  /** colours are wanted (`--no-color`, `NO_COLOR`) */
  color: boolean;
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
}>;

const smallest = { columns: 40, rows: 10 };

export function checkTerminal(facts: TerminalFacts): Finding {
  if (!facts.isTerminal) {
    return combined('terminal', [
      ok('terminal', 'Standard output is no terminal: commands work, the chat UI needs one.'),
      ...encoding(facts),
    ]);
  }
  return combined('terminal', [...size(facts), ...encoding(facts), ...colour(facts)]);
}

function size({ columns, rows }: TerminalFacts): readonly Finding[] {
  if (columns === null || rows === null) return [warning('terminal', 'The terminal does not tell its size.')];
  if (columns >= smallest.columns && rows >= smallest.rows) return [ok('terminal', `${columns}×${rows}.`)];
  return [
    warning(
      'terminal',
      `${columns}×${rows}: the chat UI needs at least ${smallest.columns}×${smallest.rows}; make the window larger.`,
    ),
  ];
}

/** As the C library decides: the first of these variables that is set and not empty. */
function encoding({ env, platform }: TerminalFacts): readonly Finding[] {
  if (platform === 'win32') return [];
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '');
  if (locale !== undefined && /utf-?8/i.test(locale)) return [ok('terminal', 'UTF-8.')];
  // macOS terminals are UTF-8 whatever the variables say
  if (platform === 'darwin' && locale === undefined) return [];
  return [
    warning(
      'terminal',
      `The locale (${locale === undefined ? 'not set' : locale}) is not UTF-8, so letters may come out wrong: set LANG=C.UTF-8 or another UTF-8 locale.`,
    ),
  ];
}

const counts: Readonly<Record<TerminalColors['depth'], string>> = {
  none: 'No',
  '16': '16',
  '256': '256',
  true: '16 million',
};

function colour({ color, colors, env }: TerminalFacts): readonly Finding[] {
  if (env.TERM === 'dumb' || env.TERM === undefined || env.TERM === '') {
    return [
      warning('terminal', 'TERM does not name a terminal that can move its cursor; the chat UI needs one.'),
    ];
  }
  if (!color) return [ok('terminal', 'Colours are turned off.')];
  return [ok('terminal', `${counts[colors]} colours.`)];
}
