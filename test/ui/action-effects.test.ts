/**
 * Every action does what its title says, with each of its keys: a real controller, a fake session, and what a person
 * would see of it. A new action needs a case in `cases`.
 */
import { describe, expect, it } from 'vitest';
import { actions } from '../../src/ui/actions.ts';
import type { Where } from '../../src/ui/keys/types.ts';
import { requestsRow } from '../../src/ui/state/list-order.ts';
import type { Dialog, Focus } from '../../src/ui/state/ui-state.ts';
import { chatScene, type Scene } from '../support/chat-scene.ts';
import { FakeSession, testId } from '../support/fake-session.ts';

const [alice, bob, carol, eve] = [testId('a'), testId('b'), testId('c'), testId('e')];

type Case = Readonly<{
  /** where a key that works anywhere is pressed; `composer` without it */
  focus?: Focus;
  /** what has to be so before */
  before?(scene: Scene): void | Promise<void>;
  /** what a person sees of it */
  sees(scene: Scene): unknown;
  /** that, after the key; before it, it is something else */
  becomes: unknown;
}>;

const opens = (kind: Dialog['kind'], before?: Case['before']): Case => ({
  ...(before === undefined ? {} : { before }),
  sees: ({ ui }) => ui.dialog?.kind ?? null,
  becomes: kind,
});

/** `|` is the cursor. */
const edits = (from: string, to: string, before?: (scene: Scene) => Promise<void>): Case => ({
  async before(scene) {
    scene.write(from.replace('|', ''), from.indexOf('|'));
    await before?.(scene);
  },
  sees: ({ ui: { composer } }) =>
    `${composer.text.slice(0, composer.cursor)}|${composer.text.slice(composer.cursor)}`,
  becomes: to,
});

const says = (words: string, before?: Case['before']): Case => ({
  ...(before === undefined ? {} : { before }),
  sees: ({ ui }) => ui.notice?.text.includes(words) ?? false,
  becomes: true,
});

const logs = (entry: string, before?: Case['before']): Case => ({
  ...(before === undefined ? {} : { before }),
  sees: ({ log }) => log.includes(entry),
  becomes: true,
});

const conversation = (scene: Scene, id: string) =>
  scene.session.getState().conversations.find((one) => one.id === id);

/** The bodies of the messages, oldest first; `newest` is 0 for the last one. */
const message = (scene: Scene, newest: number) => scene.session.stored(alice).at(-1 - newest);

/** The newest message selected, or one so many before it. */
const select = (newest: number) => async (scene: Scene) => {
  scene.focus('messages');
  const wanted = message(scene, newest)?.id;
  for (let i = 0; i < 100 && scene.ui.selected !== wanted; i++) await scene.press(i === 0 ? 'end' : 'up');
};

const selected = (scene: Scene) =>
  scene.session.stored(alice).find(({ id }) => id === scene.ui.selected)?.body ?? null;

/** The list's cursor on somebody. */
const cursorOn = (id: string) => async (scene: Scene) => {
  scene.focus('list');
  await scene.press('home');
  for (let i = 0; i < 10 && scene.ui.listCursor !== id; i++) await scene.press('down');
};

const openRequest = async (scene: Scene) => {
  await cursorOn(eve)(scene);
  await scene.press('enter');
};

const haveUnread = async (scene: Scene) => {
  scene.session.receive(bob, 'to Bob');
  scene.session.receive(carol, 'to Carol');
  await scene.settle();
};

const goThroughUnread = async (scene: Scene) => {
  await haveUnread(scene);
  await scene.press('alt-t');
};

const cases: Readonly<Record<string, Case>> = {
  // getting around
  'palette.open': opens('palette'),
  'search.all': {
    sees: ({ ui: { dialog } }) => (dialog?.kind === 'search' ? dialog.scope : 'none'),
    becomes: null,
  },
  'search.here': {
    sees: ({ ui: { dialog } }) => (dialog?.kind === 'search' ? dialog.scope : 'none'),
    becomes: alice,
  },
  'help.open': opens('help'),
  'focus.next': { focus: 'list', sees: ({ ui }) => ui.focus, becomes: 'messages' },
  'focus.previous': { focus: 'list', sees: ({ ui }) => ui.focus, becomes: 'composer' },
  back: {
    before: (scene) => scene.press('f3'),
    sees: ({ ui }) => ui.dialog,
    becomes: null,
  },

  // conversations
  'conversation.new': opens('new-conversation'),
  'account.show': opens('account'),
  'account.copy': logs(`copy ${testId('f')}`),
  'list.up': { before: cursorOn(bob), sees: ({ ui }) => ui.listCursor, becomes: alice },
  'list.down': { before: cursorOn(alice), sees: ({ ui }) => ui.listCursor, becomes: bob },
  'list.first': { before: cursorOn(bob), sees: ({ ui }) => ui.listCursor, becomes: requestsRow },
  'list.last': { before: cursorOn(bob), sees: ({ ui }) => ui.listCursor, becomes: carol },
  'list.requests': { sees: ({ ui }) => ui.requestsShown, becomes: false },
  'list.update': {
    async before(scene) {
      scene.session.receive(carol, 'up I go');
      await scene.settle();
    },
    sees: ({ ui }) => ui.listOrder?.find(({ section }) => section === 'others')?.id === carol,
    becomes: true,
  },
  'list.open': { before: cursorOn(bob), sees: ({ ui }) => ui.open, becomes: bob },

  'triage.next': {
    before: haveUnread,
    sees: ({ ui }) => ui.triage !== null && ui.open === carol,
    becomes: true,
  },
  'triage.later': { before: goThroughUnread, sees: ({ ui }) => ui.open, becomes: bob },
  'triage.mute': {
    before: goThroughUnread,
    sees: (scene) => [conversation(scene, carol)?.mutedUntil !== null, scene.ui.open],
    becomes: [true, bob],
  },
  'triage.stop': { before: goThroughUnread, sees: ({ ui }) => ui.triage, becomes: null },
  'conversation.timer': says('Type /timer 12h'),

  // messages
  'scroll.up': { sees: ({ ui }) => ui.anchor.kind, becomes: 'message' },
  'scroll.down': {
    before: (scene) => scene.press('pageup'),
    sees: ({ ui }) => ui.anchor.kind,
    becomes: 'end',
  },
  'scroll.newest': {
    before: (scene) => scene.press('pageup'),
    sees: ({ ui }) => ui.anchor.kind,
    becomes: 'end',
  },
  'scroll.oldest': {
    before: (scene) => scene.press('ctrl-end'),
    sees: ({ ui }) => ui.anchor.kind,
    becomes: 'message',
  },
  'jump.unread': {
    async before(scene) {
      scene.session.receive(bob, 'a new one');
      await cursorOn(bob)(scene);
      await scene.press('enter');
    },
    sees: ({ session, ui }) => session.stored(bob).find(({ id }) => id === ui.selected)?.body,
    becomes: 'a new one',
  },
  'jump.quoted': {
    async before(scene) {
      const quoted = scene.session.stored(alice)[40];
      if (quoted === undefined) throw new Error('too few messages');
      await scene.session.queueMessage(alice, 'as you said', { replyTo: quoted.id });
      await scene.settle();
      await select(0)(scene);
    },
    sees: selected,
    becomes: 'message 40',
  },
  'jump.date': opens('date'),
  'message.up': { before: select(1), sees: selected, becomes: 'message 57' },
  'message.down': { before: select(2), sees: selected, becomes: 'message 58' },
  'message.answer': {
    before: select(1),
    sees: ({ ui }) => [ui.answered.get(alice)?.body ?? null, ui.focus],
    becomes: ['message 58', 'composer'],
  },
  'message.copy': logs('copy message 59', select(0)),
  'message.info': opens('message', select(0)),
  'message.retry': {
    async before(scene) {
      await scene.session.queueMessage(alice, 'lost');
      await scene.settle();
      scene.session.fail(message(scene, 0)?.id ?? '', 'no path');
      await scene.settle();
      await select(0)(scene);
    },
    sees: (scene) => message(scene, 0)?.status,
    becomes: 'sent',
  },

  // writing
  'composer.send': {
    before: ({ write }) => write('hello'),
    sees: (scene) => [message(scene, 0)?.body, scene.ui.composer.text],
    becomes: ['hello', ''],
  },
  'composer.newline': edits('one|two', 'one\n|two'),
  'composer.editor': edits('one|', 'one (edited)|'),
  'composer.up': edits('one\ntwo|', 'one|\ntwo'),
  'composer.down': edits('one|\ntwo', 'one\ntwo|'),
  'composer.complete': {
    before: ({ write }) => write('/hel'),
    sees: ({ ui }) => ui.completion !== null,
    becomes: true,
  },
  'history.older': edits('|', 'sent before|', async (scene) => {
    scene.write('sent before');
    scene.focus('composer');
    await scene.press('enter');
  }),
  'history.newer': edits('|', 'stood here|', async (scene) => {
    scene.write('sent before');
    scene.focus('composer');
    await scene.press('enter');
    scene.write('stood here');
    await scene.press('alt-up');
  }),
  'edit.left': edits('one two|', 'one tw|o'),
  'edit.right': edits('|one two', 'o|ne two'),
  'edit.word-left': edits('one two|', 'one |two'),
  'edit.word-right': edits('|one two', 'one| two'),
  'edit.line-start': edits('one\ntwo|', 'one\n|two'),
  'edit.line-end': edits('|one\ntwo', 'one|\ntwo'),
  'edit.text-start': edits('one\ntwo|', '|one\ntwo'),
  'edit.text-end': edits('|one\ntwo', 'one\ntwo|'),
  'edit.backspace': edits('one|', 'on|'),
  'edit.delete': edits('|one', '|ne'),
  'edit.kill-word-left': edits('one two|', 'one |'),
  'edit.kill-word-right': edits('one| two', 'one|'),
  'edit.kill-line-start': edits('one\ntwo|', 'one\n|'),
  'edit.kill-line-end': edits('one\n|two', 'one\n|'),
  'edit.yank': edits('one two|', 'one two|', async (scene) => {
    scene.focus('composer');
    await scene.press('ctrl-w');
  }),
  'edit.yank-older': edits('one two|', 'two|', async (scene) => {
    scene.focus('composer');
    await scene.press('ctrl-w', 'left', 'right', 'ctrl-u', 'ctrl-y');
  }),
  'edit.undo': edits('one|', 'one|', async (scene) => {
    scene.focus('composer');
    await scene.press('ctrl-w');
  }),
  'edit.redo': edits('one|', '|', async (scene) => {
    scene.focus('composer');
    await scene.press('ctrl-w', 'ctrl-_');
  }),
  'composer.clear': edits('one|', '|'),

  // people
  'requests.show': { sees: ({ ui }) => [ui.focus, ui.listCursor], becomes: ['list', eve] },
  'blocked.show': {
    async before(scene) {
      await scene.session.setBlocked(bob, true);
    },
    sees: ({ ui }) => ui.dialog?.kind ?? null,
    becomes: 'blocked',
  },
  'contact.menu': opens('contact-menu'),
  'request.accept': {
    before: openRequest,
    sees: (scene) => conversation(scene, eve)?.request,
    becomes: false,
  },
  'request.decline': {
    before: openRequest,
    sees: (scene) => scene.ui.dialog !== null || conversation(scene, eve) === undefined,
    becomes: true,
  },
  'contact.block': {
    before: cursorOn(bob),
    sees: (scene) => scene.ui.dialog !== null || scene.session.calls.some((call) => /block/i.test(call)),
    becomes: true,
  },
  'contact.nickname': opens('contact-name', cursorOn(bob)),
  'contact.pin': {
    before: cursorOn(bob),
    sees: (scene) => conversation(scene, bob)?.pinned,
    becomes: true,
  },
  'contact.mute': opens('contact-mute', cursorOn(bob)),
  'contact.hide': {
    before: cursorOn(bob),
    sees: ({ ui }) => ui.dialog?.kind === 'contact-confirm' && ui.dialog.what === 'hide',
    becomes: true,
  },
  'contact.remove': {
    before: cursorOn(bob),
    sees: ({ ui }) => ui.dialog !== null,
    becomes: true,
  },
  'contact.show': {
    before: cursorOn(bob),
    sees: ({ ui }) => ui.dialog !== null,
    becomes: true,
  },
  'contact.copy': logs(`copy ${bob}`, cursorOn(bob)),

  // reading
  'message.links': {
    async before(scene) {
      scene.session.receive(alice, 'see https://example.org/a');
      await scene.settle();
      await select(0)(scene);
    },
    sees: ({ ui }) => ui.dialog?.kind ?? null,
    becomes: 'links',
  },
  'message.hidden': {
    async before(scene) {
      scene.session.receive(alice, 'a\u202eb');
      await scene.settle();
      await select(0)(scene);
    },
    sees: ({ ui }) => ui.dialog !== null,
    becomes: true,
  },
  'message.whole': {
    before: select(0),
    sees: ({ ui }) => ui.dialog !== null,
    becomes: true,
  },
  'message.react': opens('react', select(0)),
  'message.delete': opens('delete', select(0)),
  'message.save': opens('save', select(0)),
  'message.pipe': says('No command', select(0)),

  // program
  'settings.open': opens('settings'),
  'keys.open': opens('keys'),
  'network.show': opens('network'),
  lock: logs('lock'),
  suspend: logs('suspend'),
  'screen.redraw': logs('redraw'),
  'link.toggle': logs('lean true'),
  quit: logs('exit 0'),
};

async function open(): Promise<Scene> {
  const session = new FakeSession();
  session.addConversation(alice, 'Alice', { lastMessageAt: 9 });
  session.fill(alice, 60, (index) => `message ${index}`);
  session.addConversation(bob, 'Bob', { lastMessageAt: 5 });
  session.addConversation(carol, 'Carol', { lastMessageAt: 4 });
  session.addConversation(eve, 'Eve', { lastMessageAt: 8, request: true });
  return chatScene(session, alice);
}

const focusOf: Readonly<Partial<Record<Where, Focus>>> = {
  list: 'list',
  'not-typing': 'list',
  messages: 'messages',
};

describe('with each of its keys', () => {
  const known = actions.filter(({ name }) => cases[name] !== undefined);

  it('every action has a case here that says what it does', () => {
    expect(actions.filter(({ name }) => cases[name] === undefined).map(({ name }) => name)).toEqual([]);
  });

  it('no case is about an action that is gone', () => {
    const names = actions.map(({ name }) => name);
    expect(Object.keys(cases).filter((name) => !names.includes(name))).toEqual([]);
  });

  for (const action of known)
    for (const { where, chord } of action.keys)
      it(`${action.name} (${where} ${chord}): ${action.title}`, async () => {
        const example = cases[action.name];
        if (example === undefined) throw new Error('no case');
        const scene = await open();
        const focus = focusOf[where] ?? example.focus ?? 'composer';
        scene.focus(focus);
        await example.before?.(scene);
        if (where !== 'anywhere' || example.before === undefined) scene.focus(focus);
        expect(example.sees(scene), 'before the key').not.toEqual(example.becomes);
        await scene.press(chord);
        expect(example.sees(scene), 'after the key').toEqual(example.becomes);
        await scene.controller.stop();
      });
});
