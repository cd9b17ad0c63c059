/** What Tab makes of the line being typed: slash words, and names behind `/open`. Pure. */
import type { Conversation } from '../../core/types.ts';
import { type SafeText, safe } from '../../text/sanitize.ts';
import { linearCommands } from './commands.ts';
import { nameOf } from './words.ts';

export type Completed = Readonly<{
  /** the line as far as it is sure */
  text: string;
  /** what it could go on to, where that is not sure */
  candidates: readonly SafeText[];
}>;

const maxCandidates = 20;

export function completed(text: string, conversations: readonly Conversation[]): Completed {
  const word = /^\/(\S*)$/.exec(text)?.[1];
  if (word !== undefined) {
    const fitting = linearCommands.filter((command) => command.word.startsWith(word));
    const ends = fitting.map((command) => `/${command.word}${command.argument === '' ? '' : ' '}`);
    return completion(
      text,
      ends,
      ends.map((end) => safe(end.trim())),
    );
  }
  const name = /^\/open\s+(.+)$/.exec(text)?.[1];
  if (name === undefined) return { text, candidates: [] };
  const wanted = name.toLocaleLowerCase();
  const fitting = conversations.map(nameOf).filter((title) =>
    title
      .replace(/[\u2068\u2069]/g, '')
      .toLocaleLowerCase()
      .startsWith(wanted),
  );
  return completion(
    text,
    fitting.map((title) => `/open ${title.replace(/[\u2068\u2069]/g, '')}`),
    fitting,
  );
}

function completion(text: string, ends: readonly string[], shown: readonly SafeText[]): Completed {
  const [first] = ends;
  if (first === undefined) return { text, candidates: [] };
  if (ends.length === 1) return { text: first, candidates: [] };
  let shared = first;
  for (const end of ends)
    while (!end.toLocaleLowerCase().startsWith(shared.toLocaleLowerCase())) shared = shared.slice(0, -1);
  return {
    text: shared.length > text.length ? shared : text,
    candidates: shared.length > text.length ? [] : shown.slice(0, maxCandidates),
  };
}
