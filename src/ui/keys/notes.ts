/** What is to be said of a keymap: its name, and which of the keys that everybody knows mean something else in it. */
import { joinSafe, type SafeText, safe } from '../../text/sanitize.ts';
import { actionNamed, defaultKeymap, placesOf } from '../keymap.ts';
import { chordsLabel } from './chord.ts';
import { keyOf } from './hints.ts';
import type { Keymap } from './types.ts';

/** The keys of contracts.md section 6 that a keymap may take for something else. */
const known = ['ctrl-k', 'ctrl-n'] as const;

/** One line or a few: which keymap this is, and what became of the keys it took. */
export function keymapNotes(keymap: Keymap): SafeText {
  return joinSafe([nameOf(keymap), ...takenKeys(keymap)], safe(' '));
}

function nameOf({ name, modal }: Keymap): SafeText {
  const mode = modal ? ' While writing, Esc leads to commands, i back to typing.' : '';
  return safe(`These are the ${name} keys.${mode}`);
}

/** A sentence for each known key that means something else while one writes. */
export function takenKeys(keymap: Keymap): SafeText[] {
  const places = placesOf({ dialog: null, focus: 'composer', mode: 'insert' });
  return known.flatMap((chord) => {
    const before = actionNamed(defaultKeymap.find(places, chord));
    const now = actionNamed(keymap.find(places, chord));
    if (before === null || now?.name === before.name) return [];
    const does = now === null ? 'does nothing' : `is "${now.title}"`;
    const key = keyOf(keymap, before.name);
    const instead = key === null ? 'has no key' : `is ${key}`;
    return [safe(`${chordsLabel(chord)} ${does}; "${before.title}" ${instead}.`)];
  });
}
