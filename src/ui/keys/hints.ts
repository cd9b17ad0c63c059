/** Words with keys in them, `{composer.send} sends`, as the keymap in force has them. */
import { joinSafe, type SafeText, safe, sanitizeText } from '../../text/sanitize.ts';
import { chordsLabel } from './chord.ts';
import type { Keymap } from './types.ts';

const places = /\{([a-z.-]+)\}/g;

/** The first key of an action for a person; null: it has none. */
export function keyOf(keymap: Keymap, action: string): string | null {
  const [first] = keymap.keysOf(action);
  return first === undefined ? null : chordsLabel(first.chord);
}

/** Hints parted by ` · `; one whose action has no key is left out. */
export function hintText(keymap: Keymap, template: string): SafeText {
  const hints = template
    .split(' · ')
    .filter((hint) => [...hint.matchAll(places)].every(([, name = '']) => keyOf(keymap, name) !== null));
  return safe(filled(keymap, hints.join(' · ')));
}

/** A sentence; an action without a key is told of as `(no key)`. */
export function keyWords(keymap: Keymap, template: string): SafeText {
  return safe(filled(keymap, template));
}

function filled(keymap: Keymap, template: string): string {
  return template.replace(places, (_, name: string) => keyOf(keymap, name) ?? '(no key)');
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
