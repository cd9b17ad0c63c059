/** What a keymap is. A leaf: the screen's state holds the keymap in force, and actions say where their keys work. */
import type { Chord } from '../terminal/keys.ts';

/**
 * Where a key works: in the list, the messages, the composer; in the composer while commands and no text are typed
 * there (vi's normal mode); in any text being typed (composer and the fields of dialogs); where no text is being
 * typed; anywhere.
 */
export const wheres = ['list', 'messages', 'composer', 'normal', 'text', 'not-typing', 'anywhere'] as const;

export type Where = (typeof wheres)[number];

/** A key, or keys pressed one after the other (`ctrl-x ctrl-f`), in one place. */
export type Binding = Readonly<{ where: Where; chord: Chord }>;

/** By the name of an action, all its keys; an empty list: none. */
export type Bindings = ReadonlyMap<string, readonly Binding[]>;

export const keymapNames = ['default', 'vi', 'emacs'] as const;

export type KeymapName = (typeof keymapNames)[number];

export type Keymap = Readonly<{
  name: KeymapName;
  /** the composer has vi's two modes */
  modal: boolean;
  /** name of the action of a chord (or of several, by spaces) in the first of these places that knows it, or null */
  find(places: readonly Where[], chord: Chord): string | null;
  /** the chord begins a sequence of keys there, and is no key of an action in a more special place */
  begins(places: readonly Where[], chord: Chord): boolean;
  /** keys of an action, by its name, the one to tell of first */
  keysOf(action: string): readonly Binding[];
}>;
