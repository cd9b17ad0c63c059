/** Emoji by shortcode. The list is loaded when the first one is asked for: the start does not pay for it. */

export type Emoji = Readonly<{ emoji: string; name: string; tags: readonly string[] }>;

export type EmojiList = Readonly<{
  /** the emoji of a whole name; null: there is none */
  named(name: string): string | null;
  /** those that a few letters mean, the likeliest first: names that begin so, words of names, tags */
  like(query: string, most: number): readonly Emoji[];
}>;

const emojiText = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u;

/** Whether a text has an emoji in it, rather than the name of one. */
export function hasEmoji(text: string): boolean {
  return emojiText.test(text);
}

let loading: Promise<EmojiList> | null = null;

export function loadEmoji(): Promise<EmojiList> {
  loading ??= import('gemoji').then(({ gemoji, nameToEmoji }) => {
    const all = gemoji.flatMap(({ emoji, names, tags }) => names.map((name) => ({ emoji, name, tags })));
    return {
      named: (name) => (Object.hasOwn(nameToEmoji, name) ? (nameToEmoji[name] ?? null) : null),
      like: (query, most) => like(all, query.toLowerCase(), most),
    };
  });
  return loading;
}

function like(all: readonly Emoji[], query: string, most: number): readonly Emoji[] {
  const ranks: Emoji[][] = [[], [], [], []];
  for (const one of all) {
    const rank =
      one.name === query
        ? 0
        : one.name.startsWith(query)
          ? 1
          : one.name.includes(`_${query}`)
            ? 2
            : one.tags.some((tag) => tag.startsWith(query))
              ? 3
              : -1;
    ranks[rank]?.push(one);
  }
  // Of those that begin so, the one of which least is missing.
  ranks[1]?.sort((one, other) => one.name.length - other.name.length);
  return ranks.flat().slice(0, most);
}
