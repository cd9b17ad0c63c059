import { afterEach, describe, expect, it } from 'vitest';
import { settingKeys } from '../../src/core/types.ts';
import type { KeyFile } from '../../src/ui/index.ts';
import { type RunningChat, startChat } from '../support/chat.ts';
import { FakeSession, testId } from '../support/fake-session.ts';
import { keys, type ScreenSize } from '../support/screen.ts';

let chat: RunningChat | null = null;
afterEach(async () => {
  await chat?.screen.press(keys.ctrl('c'), keys.ctrl('c'), keys.ctrl('c'), keys.ctrl('q'));
  await chat?.done;
  chat = null;
});

const f4 = '\x1bOS';
const del = '\x1b[3~';
const f5 = '\x1b[15~';

class MemoryKeyFile implements KeyFile {
  readonly path = '/home/me/keybindings.json';
  text: string | null;
  constructor(text: string | null) {
    this.text = text;
  }
  async read(): Promise<string | null> {
    return this.text;
  }
  async write(text: string): Promise<void> {
    this.text = text;
  }
}

async function open(size: ScreenSize = [100, 30], keyFile: KeyFile = new MemoryKeyFile(null)) {
  const session = new FakeSession();
  session.addConversation(testId('a'), 'Alice', {});
  chat = startChat({ session, size, keyFile, openConversation: testId('a') });
  const { screen } = chat;
  await screen.waitFor('Write a message');
  return { screen, session };
}

const value = (session: FakeSession, key: string) =>
  session.settings().find((setting) => setting.key === key)?.value;

describe('the settings screen', () => {
  it.each([
    [100, 30],
    [80, 24],
    [40, 10],
  ] as const)('shows every setting with its value at %ix%i, one by one', async (columns, rows) => {
    const { screen } = await open([columns, rows]);
    await screen.press(f4);
    const seen = new Set<string>();
    for (const _ of settingKeys) {
      const row = screen.rows().find((line) => line.includes('│ > ') && !line.includes('│ > Search'));
      seen.add(row?.replace(/^.*│ > /, '').split(' ')[0] ?? '');
      await screen.press(keys.down);
    }
    expect([...seen].toSorted()).toEqual([...settingKeys].toSorted());
  });

  it('finds by what a setting is about, and says what it does, can be and is by itself', async () => {
    const { screen } = await open();
    await screen.press(f4, 'colours');
    expect(screen.text()).toContain('> theme');
    expect(screen.text()).toContain('The colours of the chat UI');
    expect(screen.text()).toContain('Can be: auto, dark, light, contrast, terminal, none');
    expect(screen.text()).toContain('Default: auto');
  });

  it('chooses one of a few, at once in force, and resets it', async () => {
    const { screen, session } = await open();
    await screen.press(f4, 'theme', keys.enter);
    expect(screen.text()).toContain('> auto  (as it is, default)');
    await screen.press(keys.down, keys.enter);
    await screen.waitFor('Changed.');
    expect(value(session, 'theme')).toBe('dark');
    expect(screen.text()).toContain('dark *');
    await screen.press(keys.tab);
    await screen.waitFor('light *');
    expect(value(session, 'theme')).toBe('light');
    await screen.press(keys.ctrl('r'));
    await screen.waitFor('auto');
    expect(value(session, 'theme')).toBe('auto');
  });

  it('takes a text or number in a field, and says there what is wrong with it', async () => {
    const { screen, session } = await open();
    await screen.press(f4, 'auto-lock', keys.enter, keys.ctrl('u'), 'soon', keys.enter);
    await screen.waitFor('auto-lock is 1 to 1440 (minutes), or off. Nothing was changed.');
    await screen.press(keys.ctrl('u'), '5', keys.enter);
    await screen.waitFor('Changed.');
    expect(value(session, 'auto-lock')).toBe(5);
    await screen.press(keys.enter, keys.escape);
    await screen.waitFor('Enter changes');
    expect(screen.text()).toContain('5 *');
  });

  it('says of a keymap which known keys it takes', async () => {
    const { screen } = await open();
    await screen.press(f4, 'keymap', keys.enter, keys.end, keys.down, keys.down, keys.enter);
    await screen.waitFor('These are the emacs keys.');
    await screen.waitFor('a conversation or an action" is Alt-X.');
    expect(screen.text()).toContain('Ctrl-N is "Cursor down"');
  });
});

describe('giving an action other keys', () => {
  it('takes a key pressed, keeps it in the file, and has it in force at once', async () => {
    const file = new MemoryKeyFile('{"lock": "f12"}');
    const { screen } = await open([100, 30], file);
    await screen.press(f5, 'own account id', keys.enter);
    expect(screen.text()).toContain('Press the key that it is to have.');
    await screen.press('\x1b[19~');
    await screen.waitFor('"Show your own Account ID" is F8.');
    expect(JSON.parse(file.text ?? '')).toEqual({
      lock: 'f12',
      'account.show': [{ key: 'f8', where: 'anywhere' }],
    });
    await screen.press(keys.escape, '\x1b[19~');
    await screen.waitFor(testId('a').slice(0, 4));
    expect(screen.text()).toContain('Account ID');
  });

  it('names whose key it is before it takes it away', async () => {
    const file = new MemoryKeyFile(null);
    const { screen } = await open([100, 30], file);
    await screen.press(f5, 'screen anew', keys.enter, keys.ctrl('k'));
    await screen.waitFor('Ctrl-K is "Find a conversation or an action" now.');
    expect(file.text).toBeNull();
    await screen.press(keys.enter);
    await screen.waitFor('"Draw the screen anew" is Ctrl-K.');
    expect(screen.text()).toContain('"Find a conversation or an action" has');
    await screen.press(keys.ctrl('r'));
    await screen.waitFor('"Draw the screen anew" is Ctrl-L.');
    expect(file.text).toBe('{}\n');
  });

  it('adds a key, and takes all away', async () => {
    const { screen } = await open();
    await screen.press(f5, 'screen anew', keys.tab, '\x1b[19~');
    await screen.waitFor('"Draw the screen anew" is Ctrl-L, F8.');
    await screen.press(del);
    await screen.waitFor('"Draw the screen anew" has no key.');
  });

  it('leaves a file alone that is no JSON, and says where', async () => {
    const file = new MemoryKeyFile('{\n  "lock": "f12",\n  oops\n}\n');
    const { screen } = await open([100, 30], file);
    expect(screen.text()).toContain('/home/me/keybindings.json: Line 3 is no JSON.');
    await screen.press(f5, 'lock now');
    expect(screen.text()).toContain('F12');
    await screen.press(del);
    await screen.waitFor('has to be mended');
    expect(file.text).toContain('oops');
  });
});
