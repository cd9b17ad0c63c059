/** The X-ray: what happened with one message, in words, as a person reads it in the dialog. */
import { describe, expect, it } from 'vitest';
import type { MessageTrace } from '../../src/core/types.ts';
import { startChat } from '../support/chat.ts';
import { FakeSession, onlineNetwork, testId } from '../support/fake-session.ts';
import { keys, type ScreenSize } from '../support/screen.ts';

const alice = testId('a');
const at = (hour: number, minute: number, second: number) =>
  new Date(2026, 10, 24, hour, minute, second).getTime();
const now = at(9, 0, 0);
const hop = (i: number) => ({ ip: `127.0.${i}.1`, port: 1, ed25519: String(i).repeat(32) });
const delivered: Partial<MessageTrace> = {
  failures: 2,
  lastFailure: { at: at(8, 1, 2), reason: 'No answer within 10 seconds.', remedy: 'Wait.' },
  swarm: {
    storedAt: at(8, 1, 5),
    keptUntil: new Date(2026, 11, 8, 8, 1, 5).getTime(),
    hash: 'HASHthere',
    node: hop(19),
    path: [hop(11), hop(12), hop(13)],
  },
  copy: { storedAt: at(8, 1, 7), keptUntil: null, hash: 'HASHhere', node: hop(18), path: [] },
  isRead: true,
  readAt: at(8, 4, 0),
};

/** Without borders and line ends, whatever the width. */
const flat = (text: string) => text.replace(/[\s│]+/g, ' ');

async function open(size: ScreenSize, session: FakeSession) {
  session.setNetwork(onlineNetwork);
  const { screen } = startChat({
    size,
    session,
    openConversation: alice,
  });
  await screen.waitFor(/the text/);
  await screen.settle();
  await screen.press(keys.shiftTab, keys.end, 'i');
  return screen;
}

function withMessage(trace: Partial<MessageTrace>, delivery: 'sent' | 'queued' = 'sent') {
  const session = new FakeSession({ delivery, now: () => now });
  session.addConversation(alice, 'Alice');
  return {
    session,
    async write() {
      const { id } = await session.queueMessage(alice, 'the text');
      session.traces.set(id, trace);
      return id;
    },
  };
}

describe('of one’s own message', () => {
  it.each<ScreenSize>([
    [100, 30],
    [80, 24],
  ])('tells step by step what happened, at %i×%i', async (...size) => {
    const { session, write } = withMessage(delivered);
    await write();
    const screen = await open(size, session);
    const text = flat(screen.text());
    const steps = [
      '09:00:00 Written here',
      '08:01:02 2 attempts failed, the last one: No answer within 10 seconds.',
      'Sent through guard 127.0.11.1 → middle 127.0.12.1 → exit 127.0.13.1 → swarm node 127.0.19.1',
      '08:01:05 Stored by the recipient’s swarm',
      'HASHthere',
      '08:01:07 Copy for your other devices stored by your own swarm',
      '08:04:00 Read by them',
      'Tuesday 8 December 2026',
      '08:01:05 The recipient’s swarm keeps it until then',
      'Namespace: 0',
    ];
    const places = steps.map((words) => text.indexOf(words));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it('can be read to its end at 40×10', async () => {
    const { session, write } = withMessage(delivered);
    await write();
    const screen = await open([40, 10], session);
    expect(screen.text()).toMatch(/Message 1-7\/\d+/);
    expect(flat(screen.text())).toContain('09:00:00 Written here, encrypted and queued');
    await screen.press(keys.end);
    expect(flat(screen.text())).toContain('Message ID:');
    for (const row of screen.rows()) expect(row.length).toBeLessThanOrEqual(40);
  });

  it('says what to do about a failure, and when it is tried again', async () => {
    const { session, write } = withMessage(
      {
        failures: 1,
        lastFailure: {
          at: at(8, 59, 0),
          reason: 'The clocks disagree.\x1b[2J',
          remedy: 'The clock of this machine is 4 min slow: set it.',
        },
        nextAttemptAt: Date.now() + 3_600_000,
        copy: 'waiting',
        clockOffsetMs: 240_000,
      },
      'queued',
    );
    await write();
    const text = flat((await open([100, 30], session)).text());
    expect(text).toContain('One attempt failed: The clocks disagree.␛[2J');
    expect(text).toContain('What to do: The clock of this machine is 4 min slow: set it.');
    expect(text).toMatch(/\d\d:\d\d:\d\d Tried again then/);
    expect(text).toContain('This machine’s clock is 4 min slow');
    expect(text).toContain('The copy for your other devices waits');
  });

  it('follows what happens while it is open', async () => {
    const { session, write } = withMessage({}, 'queued');
    const id = await write();
    const screen = await open([80, 24], session);
    expect(flat(screen.text())).toContain('State: waits to go out');
    session.traces.set(id, delivered);
    session.deliver(id);
    await screen.waitFor(/Stored by the recipient’s swarm/);
    expect(flat(screen.text())).toContain('State: sent');
  });

  it('does not invent what is not known', async () => {
    const { session, write } = withMessage({ swarm: { ...none, storedAt: at(8, 1, 5) } });
    await write();
    const text = flat((await open([80, 24], session)).text());
    expect(text).toContain('the path it took is kept nowhere');
    expect(text).not.toMatch(/guard 127|There it is called|Read by them/);
  });
});

const none = { storedAt: null, keptUntil: null, hash: null, node: null, path: null };

it('of a message that came: written, stored, fetched, read, and who reacted with what', async () => {
  const { session } = withMessage({});
  const { id } = session.receive(alice, 'the text\u202e', {
    sentAt: at(7, 0, 1),
    receivedAt: at(7, 0, 9),
    reactions: [{ emoji: '🦆', from: [alice, testId('f')] }],
  });
  session.traces.set(id, {
    swarm: { ...none, storedAt: at(7, 0, 2), hash: 'HASHmine' },
    isRead: true,
    readAt: at(7, 30, 0),
  });
  const text = flat((await open([80, 24], session)).text());
  for (const words of [
    '07:00:01 Written, by the sender’s clock',
    '07:00:02 Stored by your swarm There it is called HASHmine',
    '07:00:09 Fetched by this device',
    '07:30:00 Read here',
    'Alice, You',
    'Hidden characters: 1',
  ])
    expect(text).toContain(words);
});
