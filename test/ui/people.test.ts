import { describe, expect, it } from 'vitest';
import { startChat } from '../support/chat.ts';
import { FakeSession, onlineNetwork, testId } from '../support/fake-session.ts';
import { keys, type ScreenSize, screenSizes } from '../support/screen.ts';

const alice = testId('a');
const eve = testId('e');
const f9 = '\x1b[20~';
const altR = '\x1br';

/** Alice is a contact, Eve has only written. */
function twoPeople(): FakeSession {
  const session = new FakeSession();
  session.addConversation(alice, 'Alice');
  session.receive(alice, 'good morning');
  session.addConversation(eve, 'Eve', { request: true });
  session.receive(eve, 'let me in', { request: true });
  session.setNetwork(onlineNetwork);
  return session;
}

async function openChat(session: FakeSession, size: ScreenSize, open: string | null = eve) {
  const { screen } = startChat({ size, session, ...(open === null ? {} : { openConversation: open }) });
  await screen.waitFor(open === alice ? 'good morning' : open === null ? 'Message requests' : 'let me in');
  await screen.settle();
  return screen;
}

describe.each(screenSizes)('a message request at %i×%i', (columns, rows) => {
  const size: ScreenSize = [columns, rows];

  it('says with which keys it is accepted, declined and blocked, wherever the focus is', async () => {
    const screen = await openChat(twoPeople(), size);
    expect(screen.text()).toMatch(/F9.*y accept.*n decline.*b block/);
    await screen.press(keys.shiftTab);
    expect(screen.text()).toMatch(/y accept.*n decline.*b block/);
    if (columns < 70) return;
    await screen.press(keys.shiftTab);
    expect(screen.text()).toMatch(/Write a message \(press Enter first\)/);
    expect(screen.text()).toMatch(/y accept.*n decline.*b block/);
  });

  it('is accepted with y, and is a conversation like others then', async () => {
    const session = twoPeople();
    const screen = await openChat(session, size);
    await screen.press(keys.shiftTab, 'y');
    await screen.waitFor(/Eve.* is accepted/);
    expect(session.calls).toContain('acceptContact');
    expect(screen.text()).not.toContain('n decline');
  });

  it('is accepted out of the composer with F9 and y', async () => {
    const session = twoPeople();
    const screen = await openChat(session, size);
    await screen.press(f9);
    await screen.waitFor('Accept');
    await screen.press('y');
    await screen.waitFor(/Eve.* is accepted/);
    expect(session.calls).toContain('acceptContact');
  });

  it('is declined only after a question, and is gone from list and screen', async () => {
    const session = twoPeople();
    const screen = await openChat(session, size);
    await screen.press(keys.shiftTab, 'n');
    await screen.waitFor('Enter declines');
    await screen.press(keys.escape);
    expect(session.calls).not.toContain('declineRequest');
    await screen.press('n', keys.enter);
    await screen.waitFor(/Eve.* was declined/);
    expect(screen.text()).not.toContain('let me in');
    expect(screen.text()).not.toContain('Message requests');
  });

  it('is blocked only after a question', async () => {
    const session = twoPeople();
    const screen = await openChat(session, size);
    await screen.press(f9, 'b');
    await screen.waitFor('Enter blocks');
    await screen.press(keys.enter);
    await screen.waitFor(/Eve.* is blocked/);
    expect(session.calls).toContain('setBlocked true');
  });

  it('is found with Alt-R, on the list', async () => {
    const screen = await openChat(twoPeople(), size, alice);
    await screen.press(altR);
    expect(screen.text()).toMatch(/^> Eve/m);
  });
});

describe('the requests', () => {
  it('make no notification; a contact’s message does', async () => {
    const session = twoPeople();
    const screen = await openChat(session, [80, 24], null);
    const before = screen.written.length;
    session.receive(eve, 'again', { request: true });
    await screen.settle();
    expect(screen.written.slice(before)).not.toContain('\x07');
    session.receive(alice, 'hello');
    await screen.settle();
    expect(screen.written.slice(before)).toContain('\x07');
  });

  it('are said to be none where there are none', async () => {
    const session = new FakeSession();
    session.addConversation(alice, 'Alice');
    session.receive(alice, 'good morning');
    const screen = await openChat(session, [80, 24], alice);
    await screen.press(altR);
    expect(screen.text()).toContain('There are no message requests.');
  });
});

describe.each(screenSizes)('the contact menu at %i×%i', (columns, rows) => {
  const size: ScreenSize = [columns, rows];

  it('pins, mutes for a time, unmutes, and says so', async () => {
    const session = twoPeople();
    const screen = await openChat(session, size, alice);
    await screen.press(f9, 'p');
    await screen.waitFor('Alice is pinned');
    await screen.press(f9, 'm');
    await screen.waitFor('For 8 hours');
    await screen.press('8');
    await screen.waitFor('Alice is muted.');
    expect(session.getState().conversations[0]?.mutedUntil).toBeGreaterThan(Date.now() + 7 * 3_600_000);
    await screen.press(f9, 'm', 'u');
    await screen.waitFor('Alice is muted no longer');
    expect(session.getState().conversations[0]).toMatchObject({ pinned: true, mutedUntil: null });
  });

  it('says of each choice what it does, and takes it with Enter', async () => {
    const screen = await openChat(twoPeople(), size, alice);
    await screen.press(f9);
    await screen.waitFor('Nickname');
    await screen.press(keys.down, keys.down, keys.down, keys.down);
    expect(screen.text()).toMatch(/> b {2}Block/);
    expect(screen.text()).toContain('What they send is dropped');
    await screen.press(keys.enter);
    await screen.waitFor('Enter blocks');
  });

  it('gives a nickname', async () => {
    const session = twoPeople();
    const screen = await openChat(session, size, alice);
    await screen.press(f9, 'e');
    await screen.waitFor('Enter keeps it');
    await screen.press('Ally', keys.enter);
    await screen.settle();
    expect(session.calls).toContain('changeContact {"nickname":"Ally"}');
    expect(screen.text()).toContain('Ally');
  });

  it('has words for what is typed most: /nickname and /mute', async () => {
    const session = twoPeople();
    const screen = await openChat(session, size, alice);
    await screen.press('/nickname Ally', keys.enter);
    await screen.waitFor(/is called Ally/);
    await screen.press('/mute 2h', keys.enter);
    await screen.waitFor('is muted.');
    expect(session.getState().conversations[0]?.mutedUntil).toBeGreaterThan(Date.now() + 3_600_000);
    await screen.press('/mute soon', keys.enter);
    await screen.waitFor('such as 30m');
    await screen.press('/mute off', keys.enter);
    await screen.waitFor('muted no longer');
  });

  it('hides, and deletes only after a question; what was open is closed', async () => {
    const session = twoPeople();
    const screen = await openChat(session, size, alice);
    await screen.press(f9, 'd');
    await screen.waitFor('Enter deletes');
    await screen.press(keys.escape, f9, 'h');
    await screen.waitFor('is hidden');
    expect(session.calls).not.toContain('removeContact');
    expect(screen.text()).not.toContain('good morning');
  });

  it('asks before a letter typed in the list hides a conversation, and says where letters are text', async () => {
    const session = twoPeople();
    const screen = await openChat(session, size, alice);
    await screen.press(keys.escape);
    await screen.waitFor(columns < 70 ? '> Alice' : 'Write a message (press Enter first)');
    await screen.press('h');
    await screen.waitFor('Enter hides it');
    await screen.press(keys.escape);
    expect(session.calls).not.toContain('changeContact');
    await screen.press('h', keys.enter);
    await screen.waitFor('is hidden');
    expect(screen.text()).not.toContain('good morning');
  });

  it('shows the account ID, and the QR code where there is room for it', async () => {
    const screen = await openChat(twoPeople(), size, alice);
    await screen.press(f9, 'i');
    await screen.waitFor('c copies the ID');
    expect(screen.text().replace(/[^0-9a-f]/g, '')).toContain(alice.slice(0, 30));
    if (rows >= 24) expect(screen.text()).toMatch(/[▀▄█]{5}/);
    else expect(screen.text()).toMatch(/contact show[\s│]+ID --qr/);
    await screen.press('c');
    await screen.waitFor('on the clipboard');
  });
});

describe.each(screenSizes)('whom one has blocked at %i×%i', (columns, rows) => {
  it('is listed, and unblocked with Enter; nobody is said to be nobody', async () => {
    const session = twoPeople();
    const screen = await openChat(session, [columns, rows], null);
    await screen.press('B');
    await screen.waitFor('You have blocked nobody.');
    await session.setBlocked(alice, true);
    await screen.press('B');
    await screen.waitFor(/> Alice 05aa…aaaa/);
    await screen.press(keys.enter);
    await screen.waitFor('Alice is blocked no longer');
    expect(session.calls).toContain('setBlocked false');
  });
});

describe('a blocked contact', () => {
  it('says that it is, and is unblocked from the menu without a question', async () => {
    const session = twoPeople();
    await session.setBlocked(alice, true);
    const screen = await openChat(session, [80, 24], alice);
    expect(screen.text()).toMatch(/Alice.* blocked/);
    await screen.press(f9, 'b');
    await screen.waitFor('Alice is blocked no longer');
    expect(session.calls).toContain('setBlocked false');
  });
});

it('a name that is not in the list leads to the person: hidden, or not written with yet', async () => {
  const session = twoPeople();
  session.names = async (text) => (text === 'Carol' ? testId('c') : null);
  const screen = await openChat(session, [80, 24], alice);
  await screen.press(keys.ctrl('k'), 'Carol');
  await screen.waitFor('Look for a person called Carol');
  await screen.press(keys.down, keys.enter);
  await screen.waitFor('05cc…cccc');
  expect(session.calls).toContain('resolveRecipient Carol');
});
