/** Which action a key means, given where it is pressed. Made from `actions.ts`. */
import { type Action, actions, type Where } from './actions.ts';
import type { UiState } from './state/ui-state.ts';
import { type Chord, chordLabel } from './terminal/keys.ts';

export type Keymap = Readonly<{
  /** the action of a key in the first of these places that knows it, or null */
  find(places: readonly Where[], chord: Chord): Action | null;
}>;

/** Throws on a key that two actions claim in one place: a bug in the list. */
export function createKeymap(list: readonly Action[]): Keymap {
  const byPlace = new Map<string, Action>();
  for (const action of list) {
    for (const { where, chord } of action.keys) {
      const place = `${where} ${chord}`;
      const other = byPlace.get(place);
      if (other !== undefined) throw new Error(`${action.name} and ${other.name} both claim ${place}`);
      byPlace.set(place, action);
    }
  }
  return {
    find(places, chord) {
      for (const where of places) {
        const action = byPlace.get(`${where} ${chord}`);
        if (action !== undefined) return action;
      }
      return null;
    },
  };
}

export const defaultKeymap: Keymap = createKeymap(actions);

/** Where a key press lands, the most special place first. */
export function placesOf({ dialog, focus }: Pick<UiState, 'dialog' | 'focus'>): readonly Where[] {
  if (dialog !== null) {
    return 'field' in dialog ? ['text', 'anywhere'] : ['not-typing', 'anywhere'];
  }
  if (focus === 'composer') return ['composer', 'text', 'anywhere'];
  return [focus, 'not-typing', 'anywhere'];
}

/** The keys of an action for a person, the first one first: `F1`, `?`. */
export function keyLabels(action: Action): string[] {
  return [...new Set(action.keys.map(({ chord }) => chordLabel(chord)))];
}
