import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { NotFoundError, UsageError } from '../../../src/errors.ts';
import { FakeSession, idleNetwork, onlineNetwork, testId } from '../../support/fake-session.ts';
import { type LinearSetup, outsideLinear, type RunningLinear, startLinear } from '../../support/linear.ts';
import { keys } from '../../support/screen.ts';

const ana = testId('a');
const bob = testId('b');
const noon = new Date(2026, 10, 24, 12, 31).getTime();

function twoPeople(delivery: 'sent' | 'queued' = 'sent'): FakeSession {
  let now = noon;
  const session = new FakeSession({ delivery, now: () => now++ });
  session.addConversation(ana, 'Ana');
  session.addConversation(bob, 'Bob');
  return session;
}

const running: RunningLinear[] = [];
afterEach(async () => {
  for (const { screen, done } of running.splice(0)) {
    screen.hangUp();
    await done;
    expect(outsideLinear(screen.written)).toBeNull();
  }
});

function start(session: FakeSession, setup: LinearSetup = {}): RunningLinear {
  const chat = startLinear({ session, ...setup });
  running.push(chat);
  return chat;
}

/** With Ana's conversation open, and only what is said from now on. */
async function withAna(session = twoPeople(), setup: LinearSetup = {}) {
  const chat = start(session, { openConversation: ana, ...setup });
  await chat.screen.waitFor('Conversation: Ana');
  await chat.screen.settle();
  const from = chat.lines().length - 1;
  return { ...chat, session, said: () => chat.lines().slice(from) };
}

describe('what is said by itself', () => {
  it('has names in place of the Account IDs that a text mentions', async () => {
    const { screen, session, said } = await withAna();
    session.receive(ana, `ask @${bob} about the pangolin`);
    await screen.settle();
    expect(said().join('\n')).toContain('Ana: ask @Bob about the pangolin');
    await screen.press('/search pangolin', keys.enter);
    await screen.waitFor('1 found');
    expect(said().filter((line) => line.includes('ask @Bob about the pangolin'))).toHaveLength(2);
  });

  it('is each message of the open conversation on a line, with a number, further lines marked', async () => {
    const { screen, session, said } = await withAna();
    session.receive(ana, 'hello');
    session.receive(ana, 'two\nlines');
    await screen.settle();
    expect(said()).toEqual([
      'Tuesday 24 November 2026',
      '#1 12:31 Ana: hello',
      '#2 12:31 Ana: two',
      '  | lines',
      '',
    ]);
    expect(session.calls).toContain(`markRead ${ana.slice(0, 4)}`);
    expect(session.freshIds).toEqual([]);
  });

  it('is of other conversations that messages came and how many, not what; of muted ones nothing', async () => {
    const session = twoPeople();
    session.addConversation(testId('c'), 'Cleo', { mutedUntil: 9e15 });
    const { screen, said } = await withAna(session);
    session.receive(bob, 'a secret');
    session.receive(bob, 'another');
    session.receive(testId('c'), 'noise');
    session.receive(testId('d'), 'a stranger');
    await screen.waitFor(/\[Bob\]/);
    await screen.settle();
    expect(said()).toEqual(['[Bob] 2 new messages', '[05dd…dddd] 1 new message', '']);
    expect(screen.written).not.toMatch(/secret|another|noise/);
    expect(session.freshIds).toHaveLength(4);
  });

  it('is how a message of one’s own fares, once each', async () => {
    const { screen, session, said } = await withAna(twoPeople('queued'));
    await screen.press('hello', keys.enter);
    const [message] = session.stored(ana);
    const id = message?.id ?? '';
    session.queue(id, 'No path stands');
    session.queue(id, 'No path stands');
    await screen.settle();
    session.deliver(id);
    await screen.press('again', keys.enter);
    const second = session.stored(ana)[1]?.id ?? '';
    session.fail(second, 'The network refused it');
    await screen.settle();
    expect(said()).toEqual([
      '> hello',
      '#1 waits to go out: No path stands.',
      '#1 sent',
      '> again',
      '#2 not sent: The network refused it. To try again: /retry',
      '',
    ]);
    await screen.press('/retry 2', keys.enter);
    expect(session.calls).toContain(`retryMessage ${second}`);
  });

  it('is a change of the network, once, and a new day', async () => {
    const session = twoPeople();
    const { screen, said } = await withAna(session);
    session.setNetwork({ ...idleNetwork, phase: 'offline', detail: 'No seed answers.' });
    session.setNetwork({ ...idleNetwork, phase: 'offline', detail: 'No seed answers, still.' });
    session.setNetwork(onlineNetwork);
    session.receive(ana, 'old', { sentAt: noon });
    session.receive(ana, 'new', { sentAt: noon + 86_400_000 });
    await screen.settle();
    expect(said()).toEqual([
      'Network: Not connected; it goes on trying. No seed answers.',
      'Network: Connected.',
      'Tuesday 24 November 2026',
      '#1 12:31 Ana: old',
      'Wednesday 25 November 2026',
      '#2 12:31 Ana: new',
      '',
    ]);
  });

  it('names what an answer answers, by number or in words, and files', async () => {
    const { screen, session, said } = await withAna();
    const first = session.receive(ana, 'question');
    session.receive(ana, 'answer', { quote: { author: ana, sentAt: first.sentAt } });
    session.receive(ana, 'lost', { quote: { author: ana, sentAt: 5 } });
    session.receive(ana, '', {
      attachments: [{ id: 'f', name: 'cat.png', contentType: 'image/png', sizeBytes: 2048 }],
    });
    await screen.settle();
    expect(said().slice(2)).toEqual([
      '#2 12:31 Ana, answering #1: answer',
      '#3 12:31 Ana, answering an earlier message: lost',
      '#4 12:31 Ana: [attachment: cat.png, 2 KiB]',
      '',
    ]);
  });
});

describe('what becomes of messages', () => {
  it('is said: reactions, reading, being taken back; what is gone can’t be asked for', async () => {
    const { screen, session, said } = await withAna();
    session.receive(ana, 'hello');
    await screen.settle();
    await screen.press('/react 1 ❤', keys.enter, '/react 1 ❤', keys.enter);
    expect(said()).toContain('You put ❤ on #1');
    expect(said()).toContain('You took ❤ off #1');
    await screen.press('/delete 1', keys.enter, 'y', keys.enter, '/info 1', keys.enter);
    expect(session.calls.some((call) => call.startsWith('deleteMessage'))).toBe(true);
    expect(said()).toContain('#1 was deleted.');
    expect(said().join('\n')).toContain('There is no message of that number.');
    session.receive(ana, '', { notice: { kind: 'screenshot' } });
    await screen.settle();
    expect(said().at(-2)).toMatch(/^#\d 12:31 Ana took a screenshot$/);
  });

  it('can be set to be their end: a timer', async () => {
    const { screen, said } = await withAna();
    await screen.press('/timer', keys.enter, '/timer 12h', keys.enter, '/timer soon', keys.enter);
    expect(said()).toContain('What you write here stays.');
    expect(said().join('\n')).toContain('disappears: messages go 12 hours after they are read.');
    expect(said().join('\n')).toContain('That is no time');
  });

  it('in other conversations is found by /next, one unread conversation after the other', async () => {
    const session = twoPeople();
    const { screen, said } = await withAna(session);
    session.receive(bob, 'unread');
    await screen.press('/next', keys.enter, '/next', keys.enter);
    expect(said().join('\n')).toMatch(/Conversation: Bob[\s\S]*: unread\n> \/next\nNothing else is unread/);
  });
});

describe('while a line is being typed', () => {
  it('news wait for its end, and do not count as read before', async () => {
    const { screen, session, said } = await withAna();
    await screen.press('half');
    session.receive(ana, 'hello');
    await screen.settle();
    expect(said()).toEqual(['> half']);
    expect(session.calls).not.toContain(`markRead ${ana.slice(0, 4)}`);
    await screen.press(' a word', keys.enter);
    expect(said().slice(0, 3)).toEqual(['> half a word', 'Tuesday 24 November 2026', '#1 12:31 Ana: hello']);
    expect(session.calls).toContain(`markRead ${ana.slice(0, 4)}`);
  });

  it('news go before it where the setting says so, and the line is there again', async () => {
    const session = twoPeople();
    await session.setSetting('linear-input', 'redraw');
    const { screen, said } = await withAna(session);
    await screen.press('half');
    session.receive(ana, 'hello');
    await screen.settle();
    expect(said()).toEqual(['Tuesday 24 November 2026', '#1 12:31 Ana: hello', '> half']);
    await screen.press('!', keys.enter);
    expect(session.stored(ana).at(-1)?.body).toBe('half!');
  });

  it('a key of the chat UI is answered at once, and the line is there again', async () => {
    const { screen, said } = await withAna();
    await screen.press('half', keys.f2);
    expect(said().at(-1)).toBe('> half');
    expect(said().join('\n')).toContain(testId('f'));
    await screen.press(keys.ctrl('n'));
    expect(said().join('\n')).toContain('Finish the line first, then: /open');
  });

  it('several lines make one message, by Ctrl-J or a paste', async () => {
    const { screen, session } = await withAna();
    await screen.press('one', keys.ctrlJ, 'two', keys.enter);
    await screen.press(keys.paste('three\nfour\x1b[2J'), keys.enter);
    expect(session.stored(ana).map(({ body }) => body)).toEqual(['one\ntwo', 'three\nfour[2J']);
  });

  it('the other side is told that something is typed only of a message, not of a word', async () => {
    const { screen, session } = await withAna();
    await screen.press('/list', keys.enter);
    expect(session.typed).toEqual([]);
    await screen.press('hi', keys.ctrl('c'), 'x', keys.enter);
    expect(session.typed).toEqual([true, false, true]);
  });

  it('what was typed is kept as a draft, a slash word is not', async () => {
    const { screen, session, done } = await withAna();
    await screen.press('not finished');
    screen.send(keys.ctrl('q'));
    expect(await done).toBe(0);
    expect(session.getState().conversations.find(({ id }) => id === ana)?.draft).toBe('not finished');
    const again = start(session, { openConversation: ana });
    await again.screen.waitFor('Your draft:');
    await again.screen.press(keys.ctrl('c'), '/nonsense');
    again.screen.send(keys.ctrl('q'));
    expect(await again.done).toBe(0);
    expect(session.getState().conversations.find(({ id }) => id === ana)?.draft).toBe('');
  });
});

describe('words', () => {
  it('open conversations by beginning, number and Account ID, and say what is unread', async () => {
    const session = twoPeople();
    session.addConversation(testId('c'), 'Annabel');
    session.receive(bob, 'unread');
    const { screen, lines } = start(session);
    await screen.waitFor('1 with unread messages');
    await screen.press('/unread', keys.enter);
    expect(lines().join('\n')).toContain('1. Bob, 1 unread');
    await screen.press('/open 1', keys.enter);
    expect(lines().join('\n')).toMatch(
      /Conversation: Bob {2}05bb…bbbb, 1 unread\.\n.*2026\n#1 12:31 Bob: unread/,
    );
    await screen.press('/open an', keys.enter);
    expect(lines().join('\n')).toMatch(/That fits several:\n1\. An(?:a|nabel) .*\n2\. An(?:a|nabel) /);
    await screen.press('/op anna', keys.enter);
    expect(lines().join('\n')).toContain('Conversation: Annabel');
    await screen.press(`/new ${testId('e')}`, keys.enter);
    expect(session.calls).toContain('startConversation');
    await screen.press('/open nobody', keys.enter);
    expect(lines().join('\n')).toContain('That is no account ID.');
  });

  it('read on backwards and forwards, ten at a time', async () => {
    const session = twoPeople();
    session.fill(ana, 30, (i) => `old ${i}`);
    const { screen, said } = await withAna(session);
    await screen.press('/older', keys.enter);
    const bodies = () => said().flatMap((row) => /: (old \d+)$/.exec(row)?.[1] ?? []);
    expect(bodies()).toEqual(Array.from({ length: 10 }, (_, i) => `old ${15 + i}`));
    await screen.press('/oldest', keys.enter);
    expect(bodies().slice(10, 12)).toEqual(['old 0', 'old 1']);
    const before = bodies().length;
    await screen.press('/newer', keys.enter);
    expect(bodies()[before]).toBe('old 8');
    await screen.press('/older', keys.enter, '/newest', keys.enter, '/newer', keys.enter);
    expect(said().join('\n')).toContain('This is the beginning of the conversation.');
    expect(said().join('\n')).toContain('Nothing newer: this is the end of the conversation.');
  });

  it('answer, show and copy a message by its number, of the open conversation only where it matters', async () => {
    const { screen, session, said } = await withAna();
    const question = session.receive(ana, 'question?');
    await screen.settle();
    await screen.press('/answer 1 yes', keys.enter);
    expect(session.stored(ana).at(-1)).toMatchObject({
      body: 'yes',
      quote: { author: ana, sentAt: question.sentAt },
    });
    await screen.press('/answer 1', keys.enter, 'no', keys.enter);
    expect(said()).toContain('answer to #1> no');
    expect(session.stored(ana).at(-1)).toMatchObject({ body: 'no', quote: { sentAt: question.sentAt } });
    await screen.press('/info #1', keys.enter);
    expect(said()).toContain(`Account ID: ${ana}`);
    await screen.press('/copy 1', keys.enter);
    expect(screen.reports).toContain(`OSC 52 c;${Buffer.from('question?').toString('base64')}`);
    await screen.press('/open Bob', keys.enter, '/answer 1 wrong', keys.enter, '/copy 99', keys.enter);
    expect(said().join('\n')).toContain('#1 is in another conversation: /go to it first.');
    expect(said().join('\n')).toContain('There is no message of that number.');
  });

  it('search, and go to what was found', async () => {
    const session = twoPeople();
    session.fill(bob, 40, (i) => (i === 3 ? 'the needle\x1b[2J' : `hay ${i}`));
    const { screen, said } = await withAna(session);
    await screen.press('/search-all needle', keys.enter);
    await screen.waitFor('1 found');
    expect(said().join('\n')).toMatch(/#1 \[Bob\] 24 Nov 2026 12:31 Bob: the needle␛\[2J/);
    await screen.press('/go 1', keys.enter);
    expect(said().join('\n')).toMatch(/hay 2\n#1 12:31 Bob: the needle.*\n#\d+ 12:31 Bob: hay 4/);
    await screen.press('/search nothing', keys.enter);
    await screen.waitFor('Nothing was found');
  });

  it('look closely at a message: its links whole, what is hidden in it, all of its lines', async () => {
    const { screen, session, said } = await withAna();
    session.receive(ana, 'see https://example.org/a\u202eb');
    session.receive(ana, Array.from({ length: 500 }, (_, i) => `row ${i}`).join('\n'));
    await screen.settle();
    expect(said().join('\n')).toContain('[100 more lines: /whole 2]');
    expect(said().join('\n')).not.toContain('row 499');
    await screen.press('/links 1', keys.enter, '/hidden 1', keys.enter, '/whole 2', keys.enter);
    expect(said()).toContain('https://example.org/a');
    expect(said()).toContain('1 of \\u202e, right-to-left override');
    expect(said()).toContain('  | row 499');
    await screen.press('/date 2026-11-24', keys.enter);
    expect(said().join('\n')).toMatch(/\/date 2026-11-24\n.*\n#1 /);
    await screen.press('/date never', keys.enter);
    expect(said().join('\n')).toContain('That is no date.');
  });

  it('pipe a message into a command, after asking', async () => {
    const ran: unknown[] = [];
    const runner = {
      shell: ['sh', '-c'],
      run: async (...given: unknown[]) => {
        ran.push(given.slice(0, 2));
        return { kind: 'ended', stdout: 'HI\x1b[2J\n', stderr: '', code: 0, how: 'exited' } as const;
      },
    };
    const { screen, session, said } = await withAna(twoPeople(), { runner });
    session.receive(ana, 'hi');
    await screen.settle();
    await screen.press('/pipe 1 tr a-z A-Z', keys.enter, 'n', keys.enter);
    expect(ran).toEqual([]);
    await screen.press('/pipe 1 tr a-z A-Z', keys.enter, 'y', keys.enter);
    expect(ran).toEqual([['tr a-z A-Z', 'hi']]);
    expect(said().join('\n')).toContain("This runs: sh -c 'tr a-z A-Z'");
    expect(said().slice(-3)).toEqual(['  | HI␛[2J', 'It ended with exit code 0.', '']);
  });

  it('list settings, and change one', async () => {
    const { screen, session, said } = await withAna();
    await screen.press('/settings', keys.enter, '/settings auto-lock 5', keys.enter);
    expect(said().join('\n')).toMatch(/^auto-lock: 5 \(/m);
    expect(session.settings().find(({ key }) => key === 'auto-lock')?.value).toBe(5);
    await screen.press('/settings auto-lock soon', keys.enter);
    expect(said().join('\n')).toMatch(/auto-lock is 1 to 1440/);
  });

  it('draw the own Account ID only when asked for', async () => {
    const { screen, said } = await withAna();
    await screen.press('/account', keys.enter);
    expect(said()).toContain(testId('f'));
    expect(screen.written).not.toMatch(/[▀▄█]/);
    await screen.press('/qr', keys.enter);
    await screen.waitFor(/[▀▄█]{3}/);
  });

  it('that mean nothing or not enough say so, and are sent to nobody; two slashes are a message', async () => {
    const { screen, session, said } = await withAna();
    await screen.press(
      '/nonsense',
      keys.enter,
      '/go',
      keys.enter,
      '//go',
      keys.enter,
      '/etc/hosts',
      keys.enter,
    );
    expect(said().join('\n')).toMatch(/There is no such word/);
    expect(said()).toContain('Say also what: /go N');
    expect(session.stored(ana).map(({ body }) => body)).toEqual(['/go', '/etc/hosts']);
  });

  it('mute, pin and hide', async () => {
    const { screen, session } = await withAna();
    await screen.press('/mute 8h', keys.enter, '/pin', keys.enter, '/mute soon', keys.enter);
    const known = session.getState().conversations.find(({ id }) => id === ana);
    expect(known?.pinned).toBe(true);
    expect(known?.mutedUntil).toBeGreaterThan(Date.now());
    await screen.press('/block', keys.enter, 'n', keys.enter);
    expect(session.calls).not.toContain('setBlocked true');
  });

  it('are completed by Tab', async () => {
    const { screen, said } = await withAna();
    await screen.press('/acco', keys.tab);
    expect(said().at(-1)).toBe('> /account');
    await screen.press(keys.tab);
    expect(said().slice(-3)).toEqual(['/account', '/account-copy', '> /account']);
    await screen.press(keys.ctrl('c'), '/open b', keys.tab);
    expect(said().at(-1)).toBe('> /open Bob');
  });
});

describe('lines that can’t be sent', () => {
  it('come back: too long, refused, or with nothing open', async () => {
    const session = twoPeople();
    const { screen, said } = await withAna(session);
    await screen.press(keys.paste('x'.repeat(2001)), keys.enter);
    expect(said().join('\n')).toContain('Too long to send: 2001 characters');
    await screen.press(keys.ctrl('c'));
    session.refuseNext = new UsageError('nope', 'Not today.');
    await screen.press('hello', keys.enter);
    expect(said().slice(-3)).toEqual(['> hello', 'Not today.', '> hello']);
    await screen.press(keys.ctrl('c'), '/close', keys.enter, 'lost?', keys.enter);
    expect(said().join('\n')).toContain('Not sent: no conversation is open.');
    await screen.press(keys.up);
    expect(said().at(-1)).toBe('> lost?');
    expect(session.stored(ana)).toEqual([]);
  });

  it('an error of the session is said, and what follows is done', async () => {
    const session = twoPeople();
    const { screen, said } = await withAna(session);
    session.changeContact = async () => {
      throw new NotFoundError('no-contact', 'There is no such contact.');
    };
    await screen.press('/pin', keys.enter, 'hello', keys.enter);
    expect(said().join('\n')).toContain('There is no such contact.');
    expect(session.stored(ana)).toHaveLength(1);
  });
});

describe('what takes long', () => {
  it('is said to be under way, and given up with Ctrl-C; what was typed meanwhile follows', async () => {
    const session = twoPeople();
    session.names = () => new Promise(() => {});
    const { screen, said } = await withAna(session);
    await screen.press('/open somebody', keys.enter, 'hello', keys.enter);
    await screen.waitFor('Looking that name up…');
    expect(session.stored(ana)).toEqual([]);
    await screen.press(keys.ctrl('c'));
    expect(said()).toContain('Given up.');
    expect(session.stored(ana).map(({ body }) => body)).toEqual(['hello']);
  });

  it('does not hold up the way out', async () => {
    const session = twoPeople();
    session.names = () => new Promise(() => {});
    const { screen, done } = await withAna(session);
    await screen.press('/open somebody', keys.enter);
    screen.send(keys.ctrl('q'));
    expect(await done).toBe(0);
  });
});

describe('the end', () => {
  it('comes with Ctrl-C twice on an empty line, Ctrl-D and /quit; a typed line is cleared first', async () => {
    const first = await withAna();
    await first.screen.press('text', keys.ctrl('c'), keys.ctrl('c'));
    expect(first.said()).toEqual(['Press Ctrl-C again to quit.', '']);
    first.screen.send(keys.ctrl('c'));
    expect(await first.done).toBe(0);
    expect(first.session.closed).toBe(true);
    expect(first.screen.isRaw).toBe(false);
    await first.screen.settle();
    expect(first.screen.modes.bracketedPaste).toBe(false);
    const second = await withAna();
    second.screen.send(keys.ctrl('d'));
    expect(await second.done).toBe(0);
    const third = await withAna();
    third.screen.send('/quit\r');
    expect(await third.done).toBe(0);
  });

  it('is asked for while something is queued', async () => {
    const { screen, said, done } = await withAna(twoPeople('queued'));
    await screen.press('later', keys.enter, keys.ctrl('q'));
    expect(said().slice(-2)).toEqual([
      '1 message is still waiting to go out. It stays queued and will be sent the next time.',
      'Quit now? y or n:',
    ]);
    await screen.press('n', keys.enter, '/quit', keys.enter);
    screen.send('y\r');
    expect(await done).toBe(0);
  });

  it('comes with 129 when the terminal is gone', async () => {
    const { screen, done, session } = await withAna();
    screen.hangUp();
    expect(await done).toBe(129);
    expect(session.closed).toBe(true);
  });
});

describe('a plain terminal', () => {
  it('gets nothing but characters, backspace, return, line feed and bell', async () => {
    const session = twoPeople();
    const { screen, done, said } = await withAna(session, { isPlain: true, because: 'It is plain.' });
    session.receive(bob, 'ding');
    session.receive(ana, 'to copy');
    await screen.press('héllo 日本', keys.left, keys.backspace, keys.enter, '/copy 1', keys.enter);
    expect(said().join('\n')).toContain('This terminal has no clipboard');
    screen.send(keys.ctrl('d'));
    await done;
    expect(outsideLinear(screen.written, true)).toBeNull();
    expect(screen.written.startsWith('It is plain.\n')).toBe(true);
  });

  it('is needed: pipes are refused, with a word about the commands', async () => {
    const { done, screen } = startLinear({ session: twoPeople(), stdin: new PassThrough() });
    await expect(done).rejects.toMatchObject({
      code: 'no-terminal',
      message: expect.stringContaining('send and receive'),
    });
    expect(screen.written).toBe('');
  });
});
