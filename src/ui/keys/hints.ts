/** Words with keys in them, `{composer.send} sends`, as the keymap in force has them. */
import { joinSafe, type SafeText, safe, sanitizeText } from '../../text/sanitize.ts';
import { chordsLabel } from './chord.ts';
import type { Keymap, Where } from './types.ts';

const places = /\{([a-z.-]+)\}/g;

/** The first key of an action for a person, with `here` of those that work in these places; null: it has none. */
export function keyOf(keymap: Keymap, action: string, here: readonly Where[] = []): string | null {
  const keys = keymap.keysOf(action);
  const first = here.length === 0 ? keys[0] : keys.find(({ chord }) => keymap.find(here, chord) === action);
  return first === undefined ? null : chordsLabel(first.chord);
}

/** Hints parted by ` · `, for who is in these places; one whose action has no key is left out. */
export function hintText(keymap: Keymap, template: string, here: readonly Where[] = []): SafeText {
  const hints = template
    .split(' · ')
    .filter((hint) =>
      [...hint.matchAll(places)].every(([, name = '']) => keyOf(keymap, name, here) !== null),
    );
  return safe(filled(keymap, hints.join(' · '), here));
}

/** A sentence; an action without a key is told of as `(no key)`. */
export function keyWords(keymap: Keymap, template: string): SafeText {
  return safe(filled(keymap, template, []));
}

function filled(keymap: Keymap, template: string, here: readonly Where[]): string {
  return template.replace(places, (_, name: string) => keyOf(keymap, name, here) ?? '(no key)');
}

/** What is wrong with the file of own keys, in a line or two; null: nothing. `more`: the key that shows all of it. */
export function ownKeysProblem(
  path: SafeText,
  problems: readonly string[],
  more: string | null,
): SafeText | null {
  const [first] = problems;
  if (first === undefined) return null;
  const rest =
    problems.length === 1
      ? ''
      : ` (and ${problems.length - 1} more${more === null ? '' : `: ${more} shows all`})`;
  return joinSafe([path, safe(': '), sanitizeText(first.replaceAll('\n', ' ')), safe(rest)], safe(''));
}
