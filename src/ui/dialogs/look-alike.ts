/** Why a name is marked, and which of its characters are not what they look like. Pure. */
import type { Conversation } from '../../core/types.ts';
import { type Difference, differencesOf } from '../../text/differences.ts';
import { escapeOf, hiddenIn } from '../../text/hidden.ts';
import { joinSafe, type SafeText, safe, sanitizeName } from '../../text/sanitize.ts';
import { scriptsOf } from '../../text/scripts.ts';
import { idEnd, shortId } from '../panes/names.ts';
import { wrapCells } from '../text/wrap.ts';
import type { Theme } from '../theme/theme.ts';
import { type DialogLine, type DialogRoom, dialogLine } from './dialog-view.ts';

/** No line for a name that is not marked. */
export function lookAlikeLines(
  conversation: Conversation | undefined,
  room: DialogRoom,
  theme: Theme,
): DialogLine[] {
  if (conversation?.lookAlike === undefined) return [];
  return wordsOf(conversation)
    .flatMap((words) => wrapCells(words, room.width))
    .map((line) => dialogLine(line, room, theme.warning));
}

function wordsOf({ id, name, lookAlike }: Conversation): SafeText[] {
  switch (lookAlike?.kind) {
    case 'own':
      return [
        safe('The name looks like your own.'),
        ...differenceWords(differencesOf(name, lookAlike.name ?? '')),
      ];
    case 'another': {
      const other = sanitizeName(lookAlike.name ?? '');
      const whose = joinSafe([other, shortId(lookAlike.id ?? '')], safe(' '));
      return [
        joinSafe([safe('The name looks like that of'), whose], safe(' ')),
        ...differenceWords(differencesOf(name, lookAlike.name ?? '')),
      ];
    }
    case 'mixed':
      return [safe(`The name mixes scripts: ${[...scriptsOf(name)].join(', ')}.`)];
    case 'hidden':
      return hiddenIn(name).map(({ code, name: what, count }) =>
        safe(`The name has hidden characters: ${count} × ${escapeOf(code)} ${what}`),
      );
    case 'imitates-mark':
      return [
        joinSafe([safe('The name ends as if it were marked. The ID really ends in'), idEnd(id)], safe(' ')),
      ];
    case undefined:
      return [];
  }
}

/** `Here “а” U+0430, there “a” U+0061`, a line for each place in which two names differ. */
function differenceWords(differences: readonly Difference[]): SafeText[] {
  if (differences.length === 0) return [safe('Each character of it is the same.')];
  return differences.map(({ here, there }) =>
    joinSafe([safe('Here'), spelled(here), safe('there'), spelled(there)], safe(' ')),
  );
}

function spelled(codes: readonly number[]): SafeText {
  if (codes.length === 0) return safe('nothing');
  const words = codes.map((code) => {
    const point = safe(`U+${code.toString(16).toUpperCase().padStart(4, '0')}`);
    const char = sanitizeName(String.fromCodePoint(code));
    return char === '' ? point : joinSafe([char, safe(' ('), point, safe(')')], safe(''));
  });
  return joinSafe(words, safe(' '));
}
