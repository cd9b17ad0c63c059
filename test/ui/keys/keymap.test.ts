import { describe, expect, it } from 'vitest';
import { type Action, actions } from '../../../src/ui/actions.ts';
import { helpLines } from '../../../src/ui/dialogs/help.ts';
import { paletteEntries, paletteView } from '../../../src/ui/dialogs/palette.ts';
import { textBuffer } from '../../../src/ui/input/text-buffer.ts';
import { createKeymap, defaultKeymap, keyLabels, placesOf } from '../../../src/ui/keymap.ts';
import { hintText } from '../../../src/ui/keys/hints.ts';
import { keymapNotes } from '../../../src/ui/keys/notes.ts';
import { presets } from '../../../src/ui/keys/presets.ts';
import { keymapNames, type Where } from '../../../src/ui/keys/types.ts';
import { initialState } from '../../../src/ui/state/ui-state.ts';
import { theme } from '../../../src/ui/theme/theme.ts';
import { FakeSession } from '../../support/fake-session.ts';

const composer = placesOf({ dialog: null, focus: 'composer', mode: 'insert' });
const normal = placesOf({ dialog: null, focus: 'composer', mode: 'normal' });
const list = placesOf({ dialog: null, focus: 'list' });
const messages = placesOf({ dialog: null, focus: 'messages' });

/** The places in which a key of this kind can be pressed. */
const reach: Readonly<Record<Where, readonly (readonly Where[])[]>> = {
  list: [list],
  messages: [messages],
  composer: [composer],
  normal: [normal],
  text: [composer],
  'not-typing': [list, messages],
  anywhere: [composer, list, messages],
};

describe.each(keymapNames)('the %s keymap', (name) => {
  const keymap = createKeymap(actions, name);

  it.each(actions.map((action) => [action.name, action] as const))(
    'has a key for %s that reaches it',
    (_, action) => {
      const reaching = keymap
        .keysOf(action.name)
        .filter(({ where, chord }) =>
          reach[where].some((places) => keymap.find(places, chord) === action.name),
        );
      expect(reaching).not.toEqual([]);
    },
  );

  it('tells first of a key that does what is said of it', () => {
    for (const action of actions) {
      const [first] = keymap.keysOf(action.name);
      const places = first === undefined ? [] : reach[first.where];
      expect(
        places.map((place) => keymap.find(place, first?.chord ?? '')),
        action.name,
      ).toContain(action.name);
    }
  });

  it('changes keys of actions that there are', () => {
    const known = actions.map((action) => action.name);
    for (const action of presets[name].keys()) expect(known).toContain(action);
  });

  it('stands in help and palette with its own keys', () => {
    const help = helpLines({ width: 200, height: 10 }, theme, keymap).map(({ text }) => text);
    const ui = initialState({ columns: 200, rows: 100 }, keymap);
    const session = new FakeSession().getState();
    const room = { width: 160, height: 400 };
    const entries = paletteEntries({ ui, session }, '');
    const palette = paletteView(entries, textBuffer(), 0, room, theme, keymap).lines.map(({ text }) => text);
    for (const action of actions) {
      const [key = ''] = keyLabels(action, keymap);
      expect(
        help.some((line) => line.includes(action.title) && line.includes(key)),
        action.name,
      ).toBe(true);
      expect(
        palette.some((line) => line.includes(action.title) && line.includes(key)),
        action.name,
      ).toBe(true);
    }
  });
});

describe('the vi keymap', () => {
  const keymap = createKeymap(actions, 'vi');

  it.each([
    [list, 'j', 'list.down'],
    [list, 'k', 'list.up'],
    [list, 'g g', 'list.first'],
    [list, 'G', 'list.last'],
    [messages, 'j', 'message.down'],
    [messages, 'g g', 'scroll.oldest'],
    [messages, 'G', 'scroll.newest'],
    [messages, 'n', 'jump.unread'],
    [messages, '/', 'search.here'],
    [normal, '/', 'search.here'],
    [normal, ':', 'palette.open'],
    [composer, 'ctrl-k', 'palette.open'],
    [composer, 'ctrl-n', 'conversation.new'],
  ])('in %j, %s is %s', (places, chord, action) => {
    expect(keymap.find(places, chord)).toBe(action);
  });

  it('waits for a second key after one that begins two', () => {
    expect(keymap.begins(list, 'g')).toBe(true);
    expect(keymap.find(list, 'g')).toBeNull();
    expect(keymap.begins(composer, 'g')).toBe(false);
  });
});

it('a hint names a key that works where one is, or none', () => {
  const keymap = createKeymap(actions, 'vi');
  const template = '{request.accept} accepts · {request.decline} declines · {list.open} opens';
  expect(hintText(keymap, template, messages)).toBe('A accepts · D declines');
  expect(hintText(keymap, template, list)).toBe('y accepts · n declines · Enter opens');
});

describe('the emacs keymap', () => {
  const keymap = createKeymap(actions, 'emacs');

  it.each([
    [composer, 'ctrl-k', 'edit.kill-line-end'],
    [composer, 'ctrl-n', 'composer.down'],
    [composer, 'ctrl-p', 'composer.up'],
    [composer, 'alt-x', 'palette.open'],
    [composer, 'ctrl-x ctrl-f', 'conversation.new'],
    [composer, 'ctrl-x ctrl-s', 'composer.send'],
    [list, 'ctrl-x ctrl-c', 'quit'],
    [list, 'ctrl-n', 'list.down'],
    [messages, 'ctrl-g', 'back'],
  ])('in %j, %s is %s', (places, chord, action) => {
    expect(keymap.find(places, chord)).toBe(action);
  });

  it('says which of the keys that everybody knows it takes, and what stands for them', () => {
    const words = keymapNotes(keymap);
    expect(words).toContain(
      'Ctrl-K is "Cut to the end of the line"; "Find a conversation or an action" is Alt-X.',
    );
    expect(words).toContain('Ctrl-N is "Cursor down"');
    expect(words).toContain('is Ctrl-X Ctrl-F.');
    expect(keymapNotes(defaultKeymap)).toBe('These are the default keys.');
  });
});

describe("a person's own keys", () => {
  const own = (name: string, where: Where, ...chords: string[]) =>
    createKeymap(actions, 'default', new Map([[name, chords.map((chord) => ({ where, chord }))]]));

  /** The keys of contracts.md section 6. */
  const fixed = [
    ['composer.send', 'composer', 'enter'],
    ['composer.newline', 'composer', 'alt-enter'],
    ['composer.newline', 'composer', 'ctrl-j'],
    ['palette.open', 'anywhere', 'ctrl-k'],
    ['conversation.new', 'anywhere', 'ctrl-n'],
    ['scroll.up', 'anywhere', 'pageup'],
    ['scroll.down', 'anywhere', 'pagedown'],
    ['focus.next', 'anywhere', 'tab'],
    ['back', 'anywhere', 'escape'],
    ['help.open', 'anywhere', 'f1'],
    ['help.open', 'not-typing', '?'],
    ['quit', 'anywhere', 'ctrl-q'],
    ['composer.clear', 'anywhere', 'ctrl-c'],
  ] as const;

  it.each(fixed)('%s (%s, %s) can be given another key', (name, where, chord) => {
    const keymap = own(name, where, 'f12');
    for (const places of reach[where]) {
      expect(keymap.find(places, 'f12')).toBe(name);
      expect(keymap.find(places, chord)).not.toBe(name);
    }
    expect(keyLabels({ name }, keymap)).toEqual(['F12']);
  });

  it.each(fixed)('the key of %s (%s, %s) can be given to another action', (name, where, chord) => {
    const other = 'screen.redraw';
    const keymap = own(other, where, chord);
    for (const places of reach[where]) expect(keymap.find(places, chord)).toBe(other);
    expect(keyLabels({ name }, keymap)).not.toContain(keyLabels({ name: other }, keymap)[0]);
  });

  it('work in all of their place, also where the key did something else', () => {
    const keymap = own('screen.redraw', 'anywhere', 'ctrl-f');
    expect(keymap.find(composer, 'ctrl-f')).toBe('screen.redraw');
    expect(keymap.keysOf('edit.right')).not.toContainEqual({ where: 'text', chord: 'ctrl-f' });
  });

  it('take a key that begins two out of the way', () => {
    const keymap = own('screen.redraw', 'anywhere', 'ctrl-k ctrl-l');
    expect(keymap.begins(list, 'ctrl-k')).toBe(true);
    expect(keymap.find(list, 'ctrl-k ctrl-l')).toBe('screen.redraw');
    expect(keymap.keysOf('palette.open')).toEqual([]);
  });

  it('can be none; hints then leave the action out', () => {
    const keymap = own('palette.open', 'anywhere');
    expect(keymap.find(list, 'ctrl-k')).toBeNull();
    expect(hintText(keymap, '{composer.send} sends · {palette.open} go to')).toBe('Enter sends');
  });
});

it('two actions on one key in one place are refused', () => {
  const [first, second] = actions as readonly [Action, Action, ...Action[]];
  expect(() => createKeymap([first, { ...second, keys: first.keys }])).toThrow(/both claim/);
});
