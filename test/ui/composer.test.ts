import { describe, expect, it } from 'vitest';
import { startChat } from '../support/chat.ts';
import { FakeSession, onlineNetwork, testId } from '../support/fake-session.ts';
import { keys, type ScreenSize } from '../support/screen.ts';

const alice = testId('a');
const bob = testId('b');

async function openChat(size: ScreenSize = [80, 24], prepare: (session: FakeSession) => void = () => {}) {
  const session = new FakeSession();
  session.addConversation(bob, 'Bob Ünal');
  session.addConversation(alice, 'Alice');
  session.receive(alice, 'hello there');
  session.setNetwork(onlineNetwork);
  prepare(session);
  const { screen } = startChat({ size, session, openConversation: alice });
  await screen.waitFor('hello there');
  await screen.settle();
  const sent = () =>
    session
      .stored(alice)
      .filter(({ direction }) => direction === 'out')
      .map(({ body }) => body);
  return { screen, session, sent };
}

const alt = (key: string) => `\x1b${key}`;
const altUp = '\x1b[1;3A';
const altDown = '\x1b[1;3B';

describe('what was sent before', () => {
  it('comes back with Up in an empty composer, and Down leads back to the empty one', async () => {
    const { screen } = await openChat();
    await screen.press('first', keys.enter, 'second', keys.enter, 'second', keys.enter);
    await screen.press(keys.up);
    expect(screen.text()).toMatch(/> second/);
    await screen.press(keys.up);
    expect(screen.text()).toMatch(/> first/);
    await screen.press(keys.up);
    expect(screen.text()).toMatch(/> first/);
    await screen.press(keys.down, keys.down);
    expect(screen.text()).toMatch(/> Write a message/);
  });

  it('is walked through with Alt-Up from a text begun, which is kept', async () => {
    const { screen, sent } = await openChat();
    await screen.press('one\x1b\rtwo', keys.enter, 'begun', altUp, altUp);
    expect(screen.text()).toMatch(/> one[^\n]*\n[^\n]*two/);
    await screen.press(altDown);
    expect(screen.text()).toMatch(/> begun/);
    await screen.press(altUp, '!', keys.enter);
    expect(sent()).toEqual(['one\ntwo', 'one\ntwo!']);
  });

  it('is only what was sent here, not what others wrote or was sent elsewhere', async () => {
    const { screen } = await openChat();
    await screen.press('to alice', keys.enter, keys.ctrl('k'), 'bob', keys.enter, keys.up);
    expect(screen.text()).toMatch(/> Write a message/);
  });
});

it('what was cut in one conversation is put back in another', async () => {
  const { screen } = await openChat();
  await screen.press('cut me', keys.ctrl('u'), keys.ctrl('k'), 'bob', keys.enter, keys.ctrl('y'));
  expect(screen.text()).toMatch(/> cut me/);
  await screen.press(keys.ctrl('u'), 'x', keys.ctrl('u'), keys.ctrl('y'), alt('y'));
  expect(screen.text()).toMatch(/> cut me/);
});

describe('a paste', () => {
  it('of 100 KB stays in the composer whole, says how much too long it is, and is not sent', async () => {
    const { screen, sent } = await openChat();
    const book = 'A line of a book, 書\n'.repeat(5000);
    await screen.press(`\x1b[200~${book}\x1b[201~`);
    expect(screen.text()).toMatch(/100000 of 2000 characters: too long to send by 98000/);
    await screen.press('x', keys.enter);
    expect(screen.text()).toContain('Too long to send by 98001: it has 100001 characters');
    expect(sent()).toEqual([]);
    await screen.press(keys.ctrl('c'));
    expect(screen.text()).toMatch(/> Write a message/);
    await screen.press(alt('u'));
    expect(screen.text()).toMatch(/100001 of 2000/);
  });

  it('with control bytes in it is text without them', async () => {
    const { screen, sent } = await openChat();
    await screen.press('\x1b[200~a\x03b\x1b]0;evil\x07c\rd\x9b31m\x1b[201~');
    expect(screen.text()).toContain('4 control characters were left out.');
    await screen.press(keys.enter);
    expect(sent()).toEqual(['ab]0;evilc\nd31m']);
  });
});

describe('completion', () => {
  it.each([
    [100, 30],
    [80, 24],
    [40, 10],
  ] as const)('of an emoji at %i×%i: lists, chooses, takes, closes', async (columns, rows) => {
    const { screen, sent } = await openChat([columns, rows]);
    await screen.press('so :thumbsu');
    await screen.waitFor(/> 👍 +:thumbsup:/u);
    await screen.press(keys.down, keys.up, keys.enter);
    expect(screen.text()).toMatch(/> so 👍/u);
    expect(screen.text()).not.toContain(':thumbsup:');
    await screen.press(keys.enter);
    expect(sent()).toEqual(['so 👍']);
    expect(screen.text()).toContain('hello there');
  });

  it('of a few letters offers the shortest name first', async () => {
    const { screen } = await openChat();
    await screen.press(':smi');
    await screen.waitFor(/> 😄 +:smile:/u);
    await screen.press(keys.escape, ' :hea', keys.tab);
    expect(screen.text()).toMatch(/> :smi ❤/u);
  });

  it('a whole shortcode becomes the emoji at its last colon, and undo brings the letters back', async () => {
    const { screen, sent } = await openChat();
    await screen.press('你好:smile: and');
    await screen.waitFor(/> 你好😄 +and/u);
    await screen.press(alt('u'));
    expect(screen.text()).toContain('> 你好:smile: and');
    await screen.press(' on', keys.enter);
    expect(sent()).toEqual(['你好:smile: and on']);
  });

  it.each([
    'at 10:30:45',
    'http://smile:8080/:x',
    'a :D and :p',
    'see note: yes',
    'me@alice.example',
    'a:100:b',
    ':nosuchthing:',
  ])('%s is sent as it is with the first Enter', async (text) => {
    const { screen, sent } = await openChat();
    for (const letter of text) screen.send(letter);
    await screen.settle();
    await screen.press(keys.enter);
    expect(sent()).toEqual([text]);
  });

  it('what is pasted opens no list and is not replaced', async () => {
    const { screen, sent } = await openChat();
    await screen.press(
      '\x1b[200~look :smi\x1b[201~',
      keys.enter,
      '\x1b[200~a :smile: @al\x1b[201~',
      keys.enter,
    );
    expect(sent()).toEqual(['look :smi', 'a :smile: @al']);
  });

  it('of a person puts in the name, or as second choice the Account ID', async () => {
    const { screen, sent } = await openChat();
    await screen.press('ask @una');
    expect(screen.text()).toMatch(/> Bob Ünal +05bb…bbbb/);
    await screen.press(keys.tab);
    expect(screen.text()).toMatch(/> ask Bob Ünal *$/m);
    await screen.press('or @al', keys.down, keys.enter, '?', keys.enter);
    expect(sent()).toEqual([`ask Bob Ünal or ${alice} ?`]);
  });

  it('Esc closes it until something else is begun; an @ alone chooses nobody', async () => {
    const { screen, sent } = await openChat();
    await screen.press('@');
    expect(screen.text()).toContain('Bob Ünal  05bb');
    await screen.press('al', keys.escape, 'i');
    expect(screen.text()).not.toContain('Tab takes');
    await screen.press(keys.enter, '@', keys.enter);
    expect(sent()).toEqual(['@ali', '@']);
  });

  it('is asked for by key, in the middle of a pasted text too', async () => {
    const { screen } = await openChat();
    await screen.press('\x1b[200~for bo\x1b[201~', '\x00', keys.tab);
    expect(screen.text()).toMatch(/> for Bob Ünal/);
    await screen.press('123', alt('/'));
    expect(screen.text()).toContain('Nothing to complete');
  });

  it('where several people read it, puts in a mention as the protocol has it', async () => {
    const { screen, sent } = await openChat([80, 24], (session) => {
      session.addConversation(alice, 'Friends', { kind: 'group' });
    });
    await screen.press('@bob');
    expect(screen.text()).toMatch(/> Bob Ünal +mention 05bb…bbbb/);
    await screen.press(keys.tab, 'come', keys.enter);
    expect(sent()).toEqual([`@${bob} come`]);
    await screen.waitFor(/@Bob Ünal come/);
  });

  it('knows contacts without a conversation in the list', async () => {
    const { screen } = await openChat([80, 24], (session) => {
      const dora = { id: testId('d'), name: 'Dora', nickname: null, pinned: false, mutedUntil: null };
      session.contacts = async () => [
        { ...dora, approved: true, approvedMe: true, blocked: false, request: false },
      ];
    });
    await screen.press('@d');
    await screen.waitFor(/> Dora +05dd…dddd/);
  });

  it('offers no stranger who only asked to talk', async () => {
    const { screen } = await openChat([80, 24], (session) => {
      session.addConversation(testId('c'), 'Alicia', { request: true });
    });
    await screen.press('@ali');
    expect(screen.text()).not.toMatch(/Alicia +05cc…cccc *$/m);
  });
});

describe('a slash command', () => {
  it('does what its action does, and goes from the composer', async () => {
    const { screen, sent } = await openChat();
    await screen.press('/network', keys.enter);
    expect(screen.text()).toContain('Network');
    expect(screen.text()).toContain('Esc closes');
    await screen.press(keys.escape);
    expect(screen.text()).toMatch(/> Write a message/);
    expect(sent()).toEqual([]);
  });

  it('is listed while one types it; Enter runs the chosen one, or waits for what it takes', async () => {
    const { screen, session } = await openChat();
    await screen.press('/sea');
    expect(screen.text()).toMatch(/> \/search WORDS/);
    await screen.press(keys.enter, 'hello', keys.enter);
    await screen.waitFor(/1 found/);
    expect(session.stored(alice)).toHaveLength(1);
    await screen.press(keys.escape, '/accou', keys.enter);
    expect(screen.text()).toContain('Account ID');
  });

  it('/new takes an Account ID and goes there', async () => {
    const { screen } = await openChat();
    await screen.press(`/new ${testId('d')}`, keys.enter);
    await screen.waitFor(/│ 05dd…dddd/);
  });

  it.each([
    ['/nosuch thing', 'is no command'],
    ['/quit now', 'takes nothing behind it'],
  ])('%s is said to be none, and nothing is sent', async (text, words) => {
    const { screen, sent } = await openChat();
    await screen.press(`\x1b[200~${text}\x1b[201~`, keys.enter);
    expect(screen.text()).toContain(words);
    expect(screen.text()).toContain(`> ${text}`);
    expect(sent()).toEqual([]);
    await screen.press('\x1b<', '/', keys.enter);
    expect(sent()).toEqual([text]);
  });

  it.each(['/etc/passwd is a file', '/ off', '/', '/.profile', '/1', 'not /help'])(
    '%s is text',
    async (text) => {
      const { screen, sent } = await openChat();
      await screen.press(text, keys.enter);
      expect(sent()).toEqual([text]);
    },
  );
});

describe('a draft', () => {
  it('comes back after a restart with the message it answers, and is gone once it is sent', async () => {
    const { screen, session } = await openChat();
    await screen.press(keys.shiftTab, 'a', 'half of an ans');
    await expect
      .poll(() => session.getState().conversations.find(({ id }) => id === alice)?.draft)
      .toBe('half of an ans');
    // Killed here: another program opens the same profile.
    const { screen: next } = startChat({ size: [80, 24], session, openConversation: alice });
    await next.waitFor(/Answers Alice: hello there/);
    expect(next.text()).toContain('> half of an ans');
    await next.press('wer', keys.enter);
    expect(session.stored(alice).at(-1)).toMatchObject({
      body: 'half of an answer',
      quote: { author: alice },
    });
    await expect
      .poll(() => session.getState().conversations.find(({ id }) => id === alice))
      .toMatchObject({
        draft: '',
      });
    expect(session.getState().conversations.find(({ id }) => id === alice)?.draftAnswers).toBeUndefined();
  });

  it('of which the answered message is gone is a draft without an answer; Esc that drops it is kept too', async () => {
    const { screen, session } = await openChat([80, 24], (prepared) => {
      void prepared.setDraft(alice, 'to nothing', 'no such message');
    });
    expect(screen.text()).toContain('> to nothing');
    expect(screen.text()).not.toContain('Answers');
    await screen.press(keys.shiftTab, 'a', keys.escape);
    await expect
      .poll(() => session.getState().conversations.find(({ id }) => id === alice)?.draftAnswers)
      .toBeUndefined();
  });
});

it('a mention is shown by the name one knows, made safe and marked where it misleads; a stranger by the ends of the ID', async () => {
  const { screen } = await openChat([80, 24], (session) => {
    session.addConversation(testId('c'), 'Ev\x1b[31mil\u202e');
    session.receive(alice, `ask @${bob} or @${testId('c')} or @${testId('9')}, says @${testId('f')}`);
  });
  const shown = screen.text().replace(/\s*\n[^│]*│\s*/g, ' ');
  expect(shown).toContain('ask @Bob Ünal or @! Ev␛[31mil⟦RLO⟧ …cccc or @0599…9999, says @You');
});
