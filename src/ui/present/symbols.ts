/**
 * How far terminals agree on the width of a grapheme. Where they may not, what follows is put at its column by an
 * absolute move, so that a terminal with another width table cannot shift the rest of the row.
 */
import { Lru } from '../../util/lru.ts';
import { isWide } from '../text/wide.ts';

export type Trust =
  /** every terminal moves on by exactly the width */
  | 'sure'
  /** one letter or sign whose width is set by a table (East Asian Wide and Ambiguous): sure only in a run of its own */
  | 'steady'
  /** emoji, sequences, combining marks: nothing is known of where the cursor is afterwards */
  | 'loose';

export type Symbol = Readonly<{
  trust: Trust;
  /** cells that the widest reading takes, all code points beside each other */
  most: number;
}>;

const sure: Symbol = { trust: 'sure', most: 1 };
const letter = /^[\p{L}\p{N}\p{P}\u2500-\u259f]$/u;
const pictograph = /\p{Extended_Pictographic}/u;
const invisible = /^[\p{Default_Ignorable_Code_Point}\p{M}]$/u;
const symbols = new Lru<string, Symbol>(4096);

/** What is known of one grapheme. */
export function symbolOf(grapheme: string): Symbol {
  if (grapheme.length === 1 && grapheme < '\x7f') return sure;
  let symbol = symbols.get(grapheme);
  if (symbol === undefined) {
    symbol = judge(grapheme);
    symbols.set(grapheme, symbol);
  }
  return symbol;
}

function judge(grapheme: string): Symbol {
  const points = [...grapheme];
  // A poor terminal gives a cell to marks and joiners too.
  const most = points.reduce((sum, point) => sum + (invisible.test(point) || point < '\x7f' ? 1 : 2), 0);
  const isSteady = points.length === 1 && letter.test(grapheme) && !pictograph.test(grapheme);
  return { trust: isSteady ? 'steady' : 'loose', most };
}

/** Whether two steady graphemes are of one width class, so that one absolute move after both of them is enough. */
export function isSameClass(one: string, other: string): boolean {
  return isWide(one.codePointAt(0) ?? 0) === isWide(other.codePointAt(0) ?? 0);
}
