/** The keymaps beside the default one: what they change of the keys that the actions have by themselves. */
import type { Chord } from '../terminal/keys.ts';
import type { Binding, KeymapName, Where } from './types.ts';

/** `only`: these keys in place of its own. `add`: these before its own. `after`: these behind them. */
type Change =
  | Readonly<{ only: readonly Binding[] }>
  | Readonly<{ add: readonly Binding[] }>
  | Readonly<{ after: readonly Binding[] }>;

/** By the name of an action. A key given to one action here is taken from those that have it in the same place. */
export type Preset = ReadonlyMap<string, Change>;

const at = (where: Where, ...chords: readonly Chord[]): readonly Binding[] =>
  chords.map((chord) => ({ where, chord }));

const add = (...bindings: readonly (readonly Binding[])[]): Change => ({ add: bindings.flat() });
const after = (...bindings: readonly (readonly Binding[])[]): Change => ({ after: bindings.flat() });
const only = (...bindings: readonly (readonly Binding[])[]): Change => ({ only: bindings.flat() });

const panes = (...chords: readonly Chord[]) => [...at('list', ...chords), ...at('messages', ...chords)];

/** The composer's normal mode is `input/vi.ts`; these are the panes, and what `:` and `/` do. */
const vi: Preset = new Map([
  ['list.down', add(at('list', 'j'))],
  ['list.up', add(at('list', 'k'))],
  ['list.first', add(at('list', 'g g'))],
  ['list.last', add(at('list', 'G'))],
  ['list.open', after(at('list', 'l'))],
  ['message.down', add(at('messages', 'j'))],
  ['message.up', add(at('messages', 'k'))],
  ['message.copy', add(at('messages', 'y'))],
  // What y and n do to a message request elsewhere must not be a slip away from copying and moving on.
  ['request.accept', after(at('messages', 'A'))],
  ['request.decline', after(at('messages', 'D'))],
  ['scroll.oldest', add(at('messages', 'g g'))],
  ['scroll.newest', add(at('messages', 'G'))],
  ['scroll.down', add(panes('ctrl-f', 'ctrl-d'))],
  ['scroll.up', add(panes('ctrl-b', 'ctrl-u'))],
  ['jump.unread', add(at('messages', 'n'))],
  ['search.here', after(at('normal', '/'))],
  ['palette.open', after(at('not-typing', ':'))],
]);

const emacs: Preset = new Map([
  ['palette.open', only(at('anywhere', 'alt-x', 'ctrl-x b'))],
  ['conversation.new', only(at('anywhere', 'ctrl-x ctrl-f'))],
  ['quit', add(at('anywhere', 'ctrl-x ctrl-c'))],
  ['back', after(at('anywhere', 'ctrl-g'))],
  ['composer.send', after(at('composer', 'ctrl-x ctrl-s'))],
  ['composer.up', add(at('composer', 'ctrl-p'))],
  ['composer.down', add(at('composer', 'ctrl-n'))],
  ['edit.kill-line-end', add(at('text', 'ctrl-k'))],
  ['edit.undo', after(at('text', 'ctrl-x u'))],
  ['list.up', add(at('list', 'ctrl-p'))],
  ['list.down', add(at('list', 'ctrl-n'))],
  ['list.first', add(at('list', 'alt-<'))],
  ['list.last', add(at('list', 'alt->'))],
  ['message.up', add(at('messages', 'ctrl-p'))],
  ['message.down', add(at('messages', 'ctrl-n'))],
  ['message.copy', add(at('messages', 'alt-w'))],
  ['scroll.oldest', add(at('messages', 'alt-<'))],
  ['scroll.newest', add(at('messages', 'alt->'))],
  ['scroll.up', add(at('anywhere', 'alt-v'))],
  ['scroll.down', add(at('anywhere', 'ctrl-v'))],
]);

/** The keys that a change gives. */
export function keysIn(change: Change): readonly Binding[] {
  return 'only' in change ? change.only : 'add' in change ? change.add : change.after;
}

export const presets: Readonly<Record<KeymapName, Preset>> = { default: new Map(), vi, emacs };
