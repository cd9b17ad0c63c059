/** Which action a key means, given where it is pressed. Made from `actions.ts`, a preset, and a person's own keys. */
import { type Action, actions } from './actions.ts';
import { chordsLabel } from './keys/chord.ts';
import { keysIn, type Preset, presets } from './keys/presets.ts';
import type { Binding, Bindings, Keymap, KeymapName, Where } from './keys/types.ts';
import type { UiState } from './state/ui-state.ts';
import type { Chord } from './terminal/keys.ts';

export type { Keymap } from './keys/types.ts';

export const noOwnKeys: Bindings = new Map();

/** Throws on a key that two actions claim in one place: a bug in the lists, or in what checked a person's own keys. */
export function createKeymap(
  list: readonly Action[],
  name: KeymapName = 'default',
  own: Bindings = noOwnKeys,
): Keymap {
  const keys = withOwn(withPreset(list, presets[name]), own);
  const byPlace = new Map<string, string>();
  const beginnings = new Set<string>();
  for (const [action, bindings] of keys)
    for (const { where, chord } of bindings) {
      const place = `${where} ${chord}`;
      const other = byPlace.get(place);
      if (other !== undefined && other !== action)
        throw new Error(`${action} and ${other} both claim ${place}`);
      byPlace.set(place, action);
      for (const beginning of beginningsOf(chord)) beginnings.add(`${where} ${beginning}`);
    }
  const first = <T>(places: readonly Where[], chord: Chord, look: (place: string) => T | undefined) => {
    for (const where of places) {
      const found = look(`${where} ${chord}`);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const look = (place: string): string | true | undefined =>
    byPlace.get(place) ?? (beginnings.has(place) ? true : undefined);
  return {
    name,
    modal: name === 'vi',
    find(places, chord) {
      const found = first(places, chord, look);
      return typeof found === 'string' ? found : null;
    },
    begins: (places, chord) => first(places, chord, look) === true,
    keysOf: (action) => keys.get(action) ?? [],
  };
}

function withPreset(list: readonly Action[], preset: Preset): Bindings {
  const taken = new Map<string, string>();
  for (const [name, change] of preset) {
    if (!list.some((action) => action.name === name)) continue;
    for (const { where, chord } of keysIn(change))
      for (const one of [chord, ...beginningsOf(chord)]) taken.set(`${where} ${one}`, name);
  }
  const keys = new Map<string, readonly Binding[]>();
  for (const { name, keys: standard } of list) {
    const change = preset.get(name);
    const left = standard.filter(({ where, chord }) => (taken.get(`${where} ${chord}`) ?? name) === name);
    if (change === undefined) keys.set(name, left);
    else if ('only' in change) keys.set(name, change.only);
    else keys.set(name, 'add' in change ? [...change.add, ...left] : [...left, ...change.after]);
  }
  return keys;
}

/** The actions that a key means now wherever one given to this place would work. */
export function actionsHolding(keymap: Keymap, where: Where, chord: Chord): readonly Action[] {
  const names = contexts
    .filter((places) => places.includes(where))
    .map((places) => keymap.find(places, chord))
    .filter((name) => name !== null);
  return [...new Set(names)].flatMap((name) => actionNamed(name) ?? []);
}

/** Where keys can be pressed, as `placesOf` says it. */
const contexts: readonly (readonly Where[])[] = [
  placesOf({ dialog: null, focus: 'list' }),
  placesOf({ dialog: null, focus: 'messages' }),
  placesOf({ dialog: null, focus: 'composer', mode: 'insert' }),
  placesOf({ dialog: null, focus: 'composer', mode: 'normal' }),
];

/** A person's own keys are theirs wherever they are to work: whatever else they did there is gone. */
function withOwn(keys: Bindings, own: Bindings): Bindings {
  if (own.size === 0) return keys;
  const claims = [...own.values()].flat();
  const result = new Map<string, readonly Binding[]>();
  for (const [name, bindings] of keys)
    result.set(name, own.get(name) ?? bindings.filter((one) => !claims.some((claim) => takes(claim, one))));
  return result;
}

/** Whether a key that is given away by `claim` can't stay where it is. */
export function takes(claim: Binding, held: Binding): boolean {
  const isSame =
    claim.chord === held.chord ||
    beginningsOf(claim.chord).includes(held.chord) ||
    beginningsOf(held.chord).includes(claim.chord);
  return isSame && (claim.where === held.where || (within[claim.where] ?? []).includes(held.where));
}

/** The places that a place has in it. */
const within: Readonly<Partial<Record<Where, readonly Where[]>>> = {
  anywhere: ['list', 'messages', 'composer', 'normal', 'text', 'not-typing'],
  text: ['composer'],
  'not-typing': ['list', 'messages', 'normal'],
};

/** `a b c` begins with `a` and `a b`. */
function beginningsOf(chord: Chord): string[] {
  const parts = chord.split(' ');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join(' '));
}

export const defaultKeymap: Keymap = createKeymap(actions);

const byName = new Map(actions.map((action) => [action.name, action]));

/** The action of that name. Null for one that the list does not have. */
export function actionNamed(name: string | null): Action | null {
  return name === null ? null : (byName.get(name) ?? null);
}

/** Where a key press lands, the most special place first. */
export function placesOf({
  dialog,
  focus,
  mode,
}: Pick<UiState, 'dialog' | 'focus'> & Partial<Pick<UiState, 'mode'>>): readonly Where[] {
  if (dialog !== null) {
    return 'field' in dialog ? ['text', 'anywhere'] : ['not-typing', 'anywhere'];
  }
  if (focus !== 'composer') return [focus, 'not-typing', 'anywhere'];
  if (mode === 'normal') return ['normal', 'composer', 'not-typing', 'anywhere'];
  return ['composer', 'text', 'anywhere'];
}

/** The keys of an action for a person, the first one first: `F1`, `?`. */
export function keyLabels(action: Pick<Action, 'name'>, keymap: Keymap = defaultKeymap): string[] {
  return [...new Set(keymap.keysOf(action.name).map(({ chord }) => chordsLabel(chord)))];
}
