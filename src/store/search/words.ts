/**
 * Words of messages, and what a person's search asks of them (docs/store.md, "Search"). Case, accents and forms of
 * the same character make no difference. A word is found by its beginning; in scripts that write without spaces,
 * by any run of characters.
 */

/** A run of letters and digits, or one pictograph; anything else parts words. */
const wordPattern = /[\p{L}\p{N}]+|\p{Extended_Pictographic}|\p{Regional_Indicator}/gu;
/** Scripts without spaces between words. */
const dense = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]+/gu;

/** Beginnings of these lengths stand in the filters; a longer word is looked for by the longest that it has. */
const prefixLengths = [3, 5, 8] as const;
/** A query has no more words than this; further ones are not looked at before a message is opened. */
const maxProbes = 64;

/** What was asked for, ready to be held against filters and messages. */
export type Words = Readonly<{
  /** entries that the filter of a shard has if one of its messages matches; none: every shard may */
  probes: readonly string[];
  /** whether a message's text has all the words */
  matches(body: string): boolean;
}>;

type Runs = Readonly<{ words: readonly string[]; dense: readonly string[] }>;

/** Text as it is compared: compatibility forms resolved, without case and marks. */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ');
}

function runsOf(folded: string): Runs {
  const words: string[] = [];
  const denseRuns: string[] = [];
  for (const [run] of folded.matchAll(wordPattern)) {
    let at = 0;
    for (const match of run.matchAll(dense)) {
      if (match.index > at) words.push(run.slice(at, match.index));
      denseRuns.push(match[0]);
      at = match.index + match[0].length;
    }
    if (at < run.length) words.push(run.slice(at));
  }
  return { words, dense: denseRuns };
}

/** What the filter of a shard holds of a text: beginnings of words, and single characters and pairs of dense runs. */
export function entriesOf(body: string): Set<string> {
  const entries = new Set<string>();
  const { words, dense: runs } = runsOf(foldText(body));
  for (const word of words) for (const entry of prefixesOf(word)) entries.add(entry);
  for (const run of runs) {
    let before = '';
    for (const character of run) {
      entries.add(character);
      if (before !== '') entries.add(before + character);
      before = character;
    }
  }
  return entries;
}

/** The words of a search: all must be there. What has no letter, digit or pictograph must occur as it stands. */
export function parseWords(search: string): Words | null {
  const words = new Set<string>();
  const runs = new Set<string>();
  const literals = new Set<string>();
  for (const piece of foldText(search).split(/\s+/u).filter(Boolean)) {
    const found = runsOf(piece);
    for (const word of found.words) words.add(word);
    for (const run of found.dense) runs.add(run);
    if (found.words.length + found.dense.length === 0) literals.add(piece);
  }
  if (words.size + runs.size + literals.size === 0) return null;
  const probes = new Set<string>();
  for (const word of words) for (const entry of prefixesOf(word)) probes.add(entry);
  for (const run of runs) for (const entry of pairsOf(run)) probes.add(entry);
  const wanted = [...words];
  return {
    probes: [...probes].slice(0, maxProbes),
    matches(body) {
      const folded = foldText(body);
      for (const part of [...runs, ...literals]) if (!folded.includes(part)) return false;
      // Much quicker than cutting the text into words, and no word is there that this does not find.
      if (!wanted.every((word) => folded.includes(word))) return false;
      const { words: there } = runsOf(folded);
      return wanted.every((word) => there.some((one) => one.startsWith(word)));
    },
  };
}

function prefixesOf(word: string): string[] {
  return prefixLengths.filter((length) => length <= word.length).map((length) => word.slice(0, length));
}

/** Pairs of neighbouring characters, or the one there is. */
function pairsOf(run: string): string[] {
  const characters = [...run];
  return characters.length < 2
    ? characters
    : characters.slice(1).map((character, i) => `${characters[i]}${character}`);
}
