/** React, delete and save: what a person sees of the dialogs, and what comes of them. */
import { describe, expect, it, vi } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import type { FileSaver } from '../../src/ui/index.ts';
import { startChat } from '../support/chat.ts';
import { chatScene } from '../support/chat-scene.ts';
import { FakeSession, onlineNetwork, testId } from '../support/fake-session.ts';
import { keys, type ScreenSize, screenSizes } from '../support/screen.ts';

const alice = testId('a');
const me = testId('f');
const esc = '\x1b';

/** Whatever the width was. */
const flat = (text: string) => text.replace(/[\s│]+/g, ' ');

async function openChat(size: ScreenSize = [80, 24], delivery: 'sent' | 'queued' = 'sent') {
  const session = new FakeSession({ delivery });
  session.addConversation(alice, 'Alice');
  session.setNetwork(onlineNetwork);
  session.receive(alice, 'first words');
  const files: [string, string][] = [];
  const saver: FileSaver = {
    async save(path, text) {
      if (path === 'there.txt') throw new UsageError('file-exists', '/x/there.txt exists already.');
      files.push([path, text]);
      return `/home/me/${path}`;
    },
  };
  const { screen } = startChat({ size, session, openConversation: alice, saver });
  await screen.waitFor(/first words/);
  await screen.settle();
  const newest = () => session.stored(alice).at(-1);
  const select = () => screen.press(keys.shiftTab, keys.end);
  return { screen, session, files, newest, select };
}

describe.each(screenSizes)('at %i×%i', (columns, rows) => {
  it('e offers six emoji at once, 1 to 6 put one on the message, and it is marked as one’s own', async () => {
    const { screen, newest, select } = await openChat([columns, rows]);
    await select();
    await screen.press('e');
    const { 0: first = '' } = screen.text().match(/1 .*joy/) ?? [];
    expect(first).not.toBe('');
    for (const digit of [2, 3, 4, 5, 6]) expect(screen.text()).toMatch(new RegExp(`${digit} .*_?[a-z]`));
    await screen.press('3');
    expect(newest()?.reactions).toEqual([{ emoji: '😢', from: [me] }]);
    await screen.press('e');
    expect(screen.text()).toMatch(/cry · yours/);
    await screen.press(keys.down, keys.down, keys.enter);
    expect(newest()?.reactions).toEqual([]);
  });

  it('x says what each choice means, and that nobody can be forced; Esc keeps the message', async () => {
    const { screen, session, newest, select } = await openChat([columns, rows]);
    await session.queueMessage(alice, 'mine');
    await screen.waitFor(/mine/);
    await select();
    await screen.press('x');
    expect(screen.text()).toMatch(/> 1 Only here/);
    expect(flat(screen.text())).toContain('Devices that have it keep it');
    await screen.press('2');
    expect(screen.text()).toMatch(/> 2 For everyone/);
    expect(flat(screen.text())).toContain('The network can’t force anyone');
    await screen.press(esc);
    await vi.waitFor(() => expect(screen.text()).not.toContain('Delete the message?'));
    expect(newest()?.body).toBe('mine');
    await screen.press('x', keys.down, keys.enter);
    expect(newest()?.notice).toEqual({ kind: 'deleted' });
    expect(screen.text()).toContain('deleted this message');
  });

  it('s asks for a name, with one to begin with, and says where the file is', async () => {
    const { screen, files, select } = await openChat([columns, rows]);
    await select();
    await screen.press('s');
    expect(screen.text()).toMatch(/> 2026-11-24-\d{4}-Alice\.txt/);
    await screen.press(keys.enter);
    expect(files).toEqual([[expect.stringMatching(/^2026-11-24-\d{4}-Alice\.txt$/), 'first words\n']]);
    expect(flat(screen.text())).toContain('Saved as /home/me/2026');
  });
});

describe('without a selected message', () => {
  it('a word alone asks for one, so that nothing is deleted by mistake', async () => {
    const { screen, session } = await openChat();
    for (const word of ['/delete', '/react', '/save', '/info']) {
      await screen.press(word, keys.enter);
      expect(screen.text()).toContain('Select a message first');
    }
    expect(session.stored(alice)).toHaveLength(1);
  });
});

describe('a reaction', () => {
  it.each(['heart_eyes', ':heart_eyes:', 'heart eyes', '😍'])('is found by %j', async (words) => {
    const { screen, newest, select } = await openChat();
    await select();
    await screen.press('e', words);
    await screen.waitFor(/> .*😍|> .*heart_eyes/);
    await screen.press(keys.enter);
    expect(newest()?.reactions).toEqual([{ emoji: '😍', from: [me] }]);
  });

  it('of somebody else can be joined, and is counted', async () => {
    const { screen, session, newest, select } = await openChat();
    session.receive(alice, 'with one', { reactions: [{ emoji: '🦆', from: [alice] }] });
    await screen.waitFor(/with one/);
    await select();
    await screen.press('e');
    expect(screen.text()).toMatch(/· 1 other/);
    await screen.press(keys.pageDown, keys.pageDown, keys.enter);
    expect(newest()?.reactions).toEqual([{ emoji: '🦆', from: [alice, me] }]);
  });

  it('that is refused says why, and the dialog stays', async () => {
    const { screen, session, select } = await openChat();
    session.react = async () => {
      throw new UsageError('too-many-reactions', 'At most 20 reactions a minute can be sent.');
    };
    await select();
    await screen.press('e', '1');
    expect(screen.text()).toMatch(/React[\s\S]*At most 20 reactions a minute/);
  });

  it('of no name there is says so', async () => {
    const { screen, select } = await openChat();
    await select();
    await screen.press('e', 'qqqq');
    await screen.waitFor('No emoji is called that.');
  });

  it('typed as /react goes on the newest message of the other one', async () => {
    const { screen, session } = await openChat();
    await session.queueMessage(alice, 'mine');
    await screen.press('/react joy', keys.enter);
    await vi.waitFor(() =>
      expect(session.stored(alice)[0]?.reactions).toEqual([{ emoji: '😂', from: [me] }]),
    );
    expect(session.stored(alice)[1]?.reactions).toBeUndefined();
  });
});

describe('deleting', () => {
  it('somebody else’s message is possible here only', async () => {
    const { screen, session, select } = await openChat();
    await select();
    await screen.press('x');
    expect(screen.text()).not.toContain('For everyone');
    await screen.press(keys.enter);
    expect(session.stored(alice)).toEqual([]);
    expect(screen.text()).toContain('Deleted here.');
  });

  it('what waits takes it out of the queue', async () => {
    const { screen, session, select } = await openChat([80, 24], 'queued');
    await session.queueMessage(alice, 'not yet');
    await screen.waitFor(/not yet/);
    await select();
    await screen.press('\x1b[3~');
    expect(screen.text()).toMatch(/not yet[\s\S]*> 1 Take it out of the queue/);
    await screen.press(keys.enter);
    expect(session.stored(alice).map(({ body }) => body)).toEqual(['first words']);
    expect(screen.text()).toContain('Taken out of the queue. It is not sent.');
  });

  it('by a click says first what the choice means', async () => {
    const { screen, session, newest, select } = await openChat();
    await session.setSetting('mouse', 'on');
    await session.queueMessage(alice, 'mine');
    await screen.waitFor(/mine/);
    await select();
    await screen.press('x');
    const click = () => {
      const y = screen.rows().findIndex((row) => row.includes('2 For everyone'));
      const x = screen.rows()[y]?.indexOf('For everyone') ?? 0;
      return screen.press(`\x1b[<0;${x + 1};${y + 1}M\x1b[<0;${x + 1};${y + 1}m`);
    };
    await click();
    expect(flat(screen.text())).toContain('The network can’t force anyone');
    expect(newest()?.notice).toBeUndefined();
    await click();
    expect(newest()?.notice).toEqual({ kind: 'deleted' });
  });

  it('that fails says why', async () => {
    const { screen, session, select } = await openChat();
    session.deleteMessage = async () => {
      throw new UsageError('not-deletable', 'That can not be deleted.');
    };
    await select();
    await screen.press('x', keys.enter);
    expect(screen.text()).toMatch(/Delete the message\?[\s\S]*That can not be deleted\./);
  });
});

describe('saving', () => {
  it('says that a file is there already, and asks again', async () => {
    const { screen, files, select } = await openChat();
    await select();
    await screen.press('s', '\x15', 'there.txt', keys.enter);
    expect(screen.text()).toMatch(/there\.txt exists already/);
    await screen.press('\x15', 'other.txt', keys.enter);
    expect(files).toEqual([['other.txt', 'first words\n']]);
  });

  it('says that attachments can not be saved yet', async () => {
    const { screen, session, select } = await openChat();
    const attachments = [{ id: '0', name: 'cat.jpg', contentType: 'image/jpeg', sizeBytes: 9 }];
    session.receive(alice, '', { attachments });
    await screen.waitFor(/cat\.jpg/);
    await select();
    await screen.press('s');
    expect(screen.text()).toContain('only attachments; those can’t be saved yet');
  });

  it('begins with a name that is fit for a disk, whatever the sender is called', async () => {
    const session = new FakeSession();
    session.addConversation(alice, '../../etc/\x1b[2Jpass wd\u202e.sh');
    session.receive(alice, 'x', { sentAt: Date.UTC(2026, 10, 24, 12, 0) });
    const scene = await chatScene(session, alice);
    scene.focus('messages');
    await scene.press('end', 's');
    const { dialog } = scene.ui;
    expect(dialog?.kind === 'save' && dialog.field.text).toMatch(
      /^2026-11-24-\d{4}-[^/\\\u202e\x1b\s]+\.txt$/u,
    );
    await scene.controller.stop();
  });
});
