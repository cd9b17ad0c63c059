import { describe, expect, it } from 'vitest';
import { type Action, actions } from '../../src/ui/actions.ts';
import { helpLines } from '../../src/ui/dialogs/help.ts';
import { paletteEntries } from '../../src/ui/dialogs/palette.ts';
import { createKeymap, defaultKeymap, keyLabels, placesOf } from '../../src/ui/keymap.ts';
import { meaningOf, slashWord } from '../../src/ui/slash.ts';
import { initialState } from '../../src/ui/state/ui-state.ts';
import { theme } from '../../src/ui/theme/theme.ts';
import { FakeSession } from '../support/fake-session.ts';

const places = {
  list: placesOf({ dialog: null, focus: 'list' }),
  messages: placesOf({ dialog: null, focus: 'messages' }),
  composer: placesOf({ dialog: null, focus: 'composer' }),
};

describe('the fixed keys of the contract', () => {
  it.each([
    ['composer', 'enter', 'composer.send'],
    ['composer', 'alt-enter', 'composer.newline'],
    ['composer', 'ctrl-j', 'composer.newline'],
    ['composer', 'ctrl-k', 'palette.open'],
    ['list', 'ctrl-k', 'palette.open'],
    ['composer', 'ctrl-n', 'conversation.new'],
    ['composer', 'pageup', 'scroll.up'],
    ['messages', 'pagedown', 'scroll.down'],
    ['composer', 'tab', 'focus.next'],
    ['list', 'tab', 'focus.next'],
    ['messages', 'escape', 'back'],
    ['composer', 'f1', 'help.open'],
    ['list', '?', 'help.open'],
    ['messages', '?', 'help.open'],
    ['composer', 'ctrl-q', 'quit'],
    ['composer', 'ctrl-c', 'composer.clear'],
    ['messages', 'r', 'message.retry'],
  ] as const)('in the %s, %s is %s', (place, chord, name) => {
    expect(defaultKeymap.find(places[place], chord)).toBe(name);
  });

  it('a question mark that is typed stays one', () => {
    expect(defaultKeymap.find(places.composer, '?')).toBeNull();
  });
});

describe('the list of actions', () => {
  it('has a name, a title and a key for each, every name once', () => {
    const names = actions.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const action of actions) {
      expect(action.title).toMatch(/^[A-Z].*[^.]$/);
      expect(keyLabels(action).length).toBeGreaterThan(0);
    }
  });

  it('is in the palette and in the help, whole', () => {
    const session = new FakeSession().getState();
    const entries = paletteEntries(
      { ui: initialState({ columns: 80, rows: 24 }, defaultKeymap), session },
      '',
    );
    const inPalette = entries.flatMap((entry) => (entry.kind === 'action' ? [entry.action.name] : []));
    expect(inPalette.toSorted()).toEqual(actions.map(({ name }) => name).toSorted());
    const help = helpLines({ width: 120, height: 10 }, theme, defaultKeymap)
      .map(({ text }) => text)
      .join('\n');
    for (const action of actions) {
      expect(help).toContain(action.title);
      expect(help).toContain(keyLabels(action)[0]);
      expect(help.replaceAll('\n', ' ')).toContain(`(/${slashWord(action)}`);
    }
  });

  it('has a slash command for each, every one once, that is found and means it', () => {
    const words = actions.map(slashWord);
    expect(new Set(words).size).toBe(words.length);
    const state = {
      ui: initialState({ columns: 80, rows: 24 }, defaultKeymap),
      session: new FakeSession().getState(),
    };
    for (const action of actions) {
      expect(slashWord(action)).toMatch(/^[a-z][a-z0-9-]*$/);
      expect(meaningOf(`/${slashWord(action)}`)).toEqual({ kind: 'command', action, argument: '' });
      expect(action.takes === undefined).toBe(action.runWith === undefined);
      const found = paletteEntries(state, `/${slashWord(action)}`);
      expect(found.flatMap((entry) => (entry.kind === 'action' ? [entry.action] : []))).toContain(action);
    }
  });

  it('is refused with two actions on one key', () => {
    const [first, second] = actions as readonly [Action, Action, ...Action[]];
    expect(() => createKeymap([first, { ...second, keys: first.keys }])).toThrow(/both claim/);
  });

  it('finds an action by its words or its key', () => {
    const session = new FakeSession().getState();
    const state = { ui: initialState({ columns: 80, rows: 24 }, defaultKeymap), session };
    const best = (query: string) => {
      const [entry] = paletteEntries(state, query);
      return entry?.kind === 'action' ? entry.action.name : null;
    };
    expect(best('own account')).toBe('account.show');
    expect(best('quit')).toMatch(/quit|composer.clear/);
    expect(best('network')).toBe('network.show');
    for (const setting of ['theme', 'notifications', 'colours', 'read-rec'])
      expect(paletteEntries(state, setting)[0]).toMatchObject({
        action: { name: 'settings.open' },
        words: setting,
      });
  });
});
