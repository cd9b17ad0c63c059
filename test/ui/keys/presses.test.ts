import { describe, expect, it } from 'vitest';
import { OwnKeyFile } from '../../../src/ui/keys/key-file.ts';
import { chatScene, type Scene } from '../../support/chat-scene.ts';
import { FakeSession, testId } from '../../support/fake-session.ts';

const alice = testId('a');
const bob = testId('b');

async function open(keymap: string, file: string | null = null): Promise<Scene> {
  const session = new FakeSession();
  session.addConversation(alice, 'Alice', { lastMessageAt: 9 });
  session.fill(alice, 60, (index) => `message ${index}`);
  session.addConversation(bob, 'Bob', { lastMessageAt: 5 });
  await session.setSetting('keymap', keymap);
  const ownKeys = new OwnKeyFile({
    path: '/keys',
    read: async () => file,
    write: async () => {},
  });
  await ownKeys.load();
  return chatScene(session, alice, { ownKeys });
}

const shown = ({ ui: { composer } }: Scene) =>
  `${composer.text.slice(0, composer.cursor)}|${composer.text.slice(composer.cursor)}`;

const bodies = (scene: Scene) => scene.session.stored(alice).map(({ body }) => body);

describe('writing with the vi keymap', () => {
  it('types at once, leads to commands with Esc, back with i, and sends from both', async () => {
    const scene = await open('vi');
    await scene.press('o', 'n', 'e', ' ', 't', 'w', 'o');
    expect(shown(scene)).toBe('one two|');
    await scene.press('escape');
    expect([scene.ui.mode, scene.ui.focus, shown(scene)]).toEqual(['normal', 'composer', 'one tw|o']);
    await scene.press('d', 'b');
    expect(shown(scene)).toBe('one |o');
    await scene.press('u', 'ctrl-r', 'u', '0', 'c', 'w', 'T', 'W', 'O');
    expect([scene.ui.mode, shown(scene)]).toEqual(['insert', 'TWO| two']);
    await scene.press('enter');
    expect(bodies(scene).at(-1)).toBe('TWO two');
    await scene.press('h', 'i', 'escape', 'enter');
    expect(bodies(scene).at(-1)).toBe('hi');
  });

  it('shows the command begun, and drops it with a key that does not fit', async () => {
    const scene = await open('vi');
    scene.write('one two');
    await scene.press('escape', '2', 'd');
    expect(scene.ui.pendingKeys).toBe('2d');
    await scene.press('escape');
    expect([scene.ui.pendingKeys, scene.ui.mode, scene.ui.composer.text]).toEqual(['', 'normal', 'one two']);
    await scene.press('escape');
    expect(scene.ui.focus).toBe('list');
  });

  it('moves by rows with j and k, also through a text that wraps', async () => {
    const scene = await open('vi');
    scene.write('one\ntwo\nthree', 1);
    await scene.press('escape', 'j');
    expect(shown(scene)).toBe('one\n|two\nthree');
    await scene.press('2', 'j', 'k');
    expect(shown(scene)).toBe('one\n|two\nthree');
  });

  it('pastes what is pasted, in both modes', async () => {
    const scene = await open('vi');
    await scene.press('escape');
    scene.controller.handleToken({ kind: 'paste', text: 'dd' });
    expect(scene.ui.composer.text).toBe('dd');
  });

  it('is in insert mode wherever one comes back to', async () => {
    const scene = await open('vi');
    await scene.press('escape', 'tab', 'tab', 'tab');
    expect([scene.ui.focus, scene.ui.mode]).toEqual(['composer', 'insert']);
  });

  it('knows gg and G, and no list key is lost to them', async () => {
    const scene = await open('vi');
    scene.focus('list');
    await scene.press('G');
    expect(scene.ui.listCursor).toBe(bob);
    await scene.press('g');
    expect(scene.ui.pendingKeys).toBe('g');
    await scene.press('g');
    expect(scene.ui.listCursor).toBe(alice);
    await scene.press('g', 'z');
    expect(scene.ui.notice?.text).toBe('g z is no key here.');
  });

  it('scrolls what is open with j, k and G', async () => {
    const scene = await open('vi');
    await scene.press('f1', 'j', 'j', 'k');
    expect(scene.ui.dialog).toMatchObject({ kind: 'help', top: 1 });
    await scene.press('G', 'ctrl-u');
    expect(scene.ui.dialog).toMatchObject({ kind: 'help' });
    expect(scene.ui.dialog).not.toMatchObject({ top: 1 });
  });
});

describe('sequences of keys', () => {
  it('wait for the next key, whatever has the focus, and type nothing', async () => {
    const scene = await open('emacs');
    await scene.press('h', 'i', 'ctrl-x');
    expect(scene.ui.pendingKeys).toBe('Ctrl-X');
    await scene.press('ctrl-s');
    expect(bodies(scene).at(-1)).toBe('hi');
    await scene.press('ctrl-x', 'b');
    expect(scene.ui.dialog?.kind).toBe('palette');
    expect(scene.ui.composer.text).toBe('');
    await scene.press('ctrl-x', 'ctrl-c');
    expect(scene.log).toContain('exit 0');
  });

  it('end with Esc, or with a key that is none, which is said', async () => {
    const scene = await open('emacs');
    await scene.press('ctrl-x', 'escape');
    expect([scene.ui.pendingKeys, scene.ui.notice]).toEqual(['', null]);
    await scene.press('ctrl-x', 'z');
    expect(scene.ui.notice?.text).toBe('Ctrl-X z is no key here.');
    expect(scene.ui.composer.text).toBe('');
  });
});

describe('the emacs keymap', () => {
  it('cuts with Ctrl-K and goes by lines with Ctrl-N and Ctrl-P', async () => {
    const scene = await open('emacs');
    scene.write('one\ntwo', 1);
    await scene.press('ctrl-k');
    expect(shown(scene)).toBe('o|\ntwo');
    await scene.press('ctrl-n');
    expect(shown(scene)).toBe('o\nt|wo');
    await scene.press('ctrl-p');
    expect(shown(scene)).toBe('o|\ntwo');
  });

  it('chooses in the palette with Ctrl-N and Ctrl-P', async () => {
    const scene = await open('emacs');
    await scene.press('alt-x', 'ctrl-n', 'ctrl-n', 'ctrl-p');
    expect(scene.ui.dialog).toMatchObject({ kind: 'palette', index: 1 });
    await scene.press('ctrl-g');
    expect(scene.ui.dialog).toBeNull();
  });
});

describe("a person's own file", () => {
  it('rules over the keymap, and Ctrl-C and Esc can be others too', async () => {
    const scene = await open('default', '{"composer.clear":"f7","back":"f8","palette.open":"ctrl-c"}');
    await scene.press('ctrl-c');
    expect(scene.ui.dialog?.kind).toBe('palette');
    await scene.press('escape');
    expect(scene.ui.dialog?.kind).toBe('palette');
    await scene.press('f8');
    expect(scene.ui.dialog).toBeNull();
    await scene.press('f7');
    expect(scene.ui.notice?.text).toBe('Press F7 again to quit.');
    await scene.press('f7');
    expect(scene.log).toContain('exit 0');
  });

  it('that is bad in parts is told of, with the first thing wrong', async () => {
    const scene = await open('default', '{\n"quit": "f8",\n"nope": "f9",\n"lock": "ctl-x"}');
    expect(scene.ui.notice).toMatchObject({
      text: '/keys: Line 3, nope: there is no such action. (and 1 more: F5 shows all)',
      tone: 'error',
    });
    await scene.press('f8');
    expect(scene.log).toContain('exit 0');
  });

  it('that can not be read is told of', async () => {
    const ownKeys = new OwnKeyFile({
      path: '/keys',
      read: async () => Promise.reject(new Error('EACCES')),
      write: async () => {},
    });
    await ownKeys.load();
    expect(ownKeys.own.problems).toEqual(["It can't be read: EACCES"]);
    expect(await ownKeys.set('quit', [])).toBe(false);
  });
});

it('a keymap that is chosen elsewhere is in force at once, and said', async () => {
  const scene = await open('default');
  await scene.session.setSetting('keymap', 'emacs');
  expect(scene.ui.notice?.text).toContain('These are the emacs keys.');
  scene.write('one', 0);
  await scene.press('ctrl-k');
  expect(scene.ui.composer.text).toBe('');
});
