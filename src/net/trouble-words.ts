/** Why something is slow, in plain words for the status line. */
import type { NetworkError } from '../errors.ts';

export type Trouble = Readonly<{
  /** index of the guard concerned; -1: a node that is none */
  guard: number;
  /** no path was concerned, only the node that was asked */
  isDirect: boolean;
  /** it is still one of the guards */
  isKept: boolean;
  /** other guards that work, as far as is known */
  others: number;
}>;

/** One sentence: what failed, and what is done about it. */
export function troubleWords(error: NetworkError, { guard, isDirect, isKept, others }: Trouble): string {
  const isSilent = error.code === 'timeout' || error.fields.errno === 'ETIMEDOUT';
  if (isDirect)
    return `A service node ${isSilent ? 'gave no answer in time' : 'failed'}; asking another one…`;
  const isUnreached = error.fields.stage === 'connect';
  const what = isUnreached
    ? isSilent
      ? 'timed out'
      : 'can’t be reached'
    : isSilent
      ? 'gave no answer in time'
      : 'failed';
  if (guard < 0)
    return `${isUnreached ? 'A node tried as guard' : 'A new path'} ${what}; trying another one…`;
  const who = isUnreached ? `Guard ${guard + 1}` : `The path over guard ${guard + 1}`;
  if (!isKept) return `${who} ${what} too often; choosing another guard…`;
  const remedy =
    others > 0
      ? `using the other one while it is ${isUnreached ? 'replaced' : 'rebuilt'}.`
      : isUnreached
        ? 'looking for another one…'
        : 'building another one…';
  return `${who} ${what}; ${remedy}`;
}

/** What stays to be said while something answers: a guard that does not. Empty when all do. */
export function guardWords(guards: readonly Readonly<{ state: 'good' | 'troubled' | 'testing' }>[]): string {
  const troubled = guards.findIndex(({ state }) => state === 'troubled');
  if (troubled < 0) return '';
  return guards.some(({ state }) => state === 'good')
    ? `Guard ${troubled + 1} is not answering well; using the other one until it does or is replaced.`
    : 'No guard is answering well; looking for others…';
}
