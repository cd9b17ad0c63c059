import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { jsonLine } from '../../src/cli/output/schemas.ts';
import type { CoreEvent } from '../../src/core/types.ts';
import { cli } from '../support/cli.ts';
import { alice, bob, FakeMessenger, fakeMessage } from '../support/fake-messenger.ts';

describe('what is not said but done', () => {
  let messenger: FakeMessenger;
  let session: ReturnType<FakeMessenger['has']>;
  beforeEach(() => {
    messenger = new FakeMessenger();
    session = messenger.has();
  });

  it('delete says what is gone, and ends with 4 while the network does not know', async () => {
    const done = await cli(messenger, ['delete', 'm1', '--everyone', '--json']);
    expect([done.code, done.json]).toEqual([
      0,
      [{ event: 'deleted', id: 'm1', conversation: bob, reason: 'unsent' }],
    ]);
    session.settled = { done: false, anythingAnswered: false };
    const { code, stdout, stderr } = await cli(messenger, ['delete', 'm2', '--wait', '1']);
    expect([code, stdout]).toEqual([4, '* deleted: m2\n']);
    expect(stderr).toContain('The next command that goes online tells it.');
    expect(session.changes).toEqual(['delete m1 everyone', 'delete m2']);
    expect((await cli(messenger, ['delete', 'missing'])).code).toBe(8);
    expect((await cli(messenger, ['delete'])).code).toBe(2);
  });

  it('react puts an emoji on a message or takes it off', async () => {
    expect((await cli(messenger, ['react', 'm1', '👍'])).code).toBe(0);
    expect((await cli(messenger, ['react', 'm1', '👍', '--remove'])).code).toBe(0);
    expect(session.changes).toEqual(['react m1 👍 on', 'react m1 👍 off']);
  });

  it('contact timer takes a time or off, and refuses everything else before it opens the profile', async () => {
    session.conversations = [
      {
        id: bob,
        kind: 'contact',
        name: 'Bob',
        unread: 0,
        lastMessageAt: 0,
        preview: '',
        request: false,
        pinned: false,
        mutedUntil: null,
        draft: '',
      },
    ];
    const set = await cli(messenger, ['contact', 'timer', bob, '12h', '--json']);
    expect(set.json).toMatchObject([
      { event: 'conversation', id: bob, expiry: { mode: 'after-read', seconds: 43_200 } },
    ]);
    const sent = await cli(messenger, ['contact', 'timer', bob, '1d', '--after', 'send']);
    expect(sent.stdout).toContain('messages disappear 1 day after they are sent');
    const off = await cli(messenger, ['contact', 'timer', bob, 'off', '--json']);
    expect(off.json[0]).not.toHaveProperty('expiry');
    messenger.opened = 0;
    for (const args of [['soon'], ['5'], ['-1h'], ['1h', '--after', 'lunch'], []])
      expect((await cli(messenger, ['contact', 'timer', bob, ...args])).code).toBe(2);
    expect(messenger.opened).toBe(0);
  });

  it('messages prints what nobody wrote as notices, and receive what others did, all as the schema has it', async () => {
    const message = fakeMessage({ id: 'm1', reactions: [{ emoji: '👍', from: [alice] }] });
    const expiry = { mode: 'after-read' as const, seconds: 60 };
    session.stored.push(
      message,
      fakeMessage({ id: 'm2', body: '', notice: { kind: 'timer', expiry }, expiry, expiresAt: 9 }),
      fakeMessage({ id: 'm3', body: '', notice: { kind: 'deleted' } }),
    );
    const { json } = await cli(messenger, ['messages', bob, '--json']);
    expect(json).toMatchObject([
      { event: 'message', id: 'm1', reactions: [{ emoji: '👍', from: [alice] }] },
      { event: 'notice', id: 'm2', kind: 'timer', expiry, from: bob },
      { event: 'notice', id: 'm3', kind: 'deleted' },
    ]);
    const events: CoreEvent[] = [
      { event: 'reaction', message, from: bob, emoji: '👍', removed: false },
      { event: 'receipt', message },
      { event: 'typing', conversation: bob, from: bob, typing: true },
      { event: 'deleted', conversation: bob, id: 'm1', why: 'expired', left: null },
      { event: 'deleted', conversation: bob, id: 'm2', why: 'replaced', left: null },
    ];
    session.round = async () => {
      for (const event of events) session.events.emit(event);
      return { answered: 2, stored: 0, skipped: 0 };
    };
    const received = await cli(messenger, ['receive', '--json']);
    expect(received.json.map(({ event }) => event)).toEqual(['reaction', 'receipt', 'typing', 'deleted']);
    for (const line of [...json, ...received.json])
      expect(v.safeParse(jsonLine, line).issues).toBeUndefined();
    const words = await cli(messenger, ['receive']);
    expect(words.stdout).toMatch(/reacted with 👍: m1\n.*has read m1\n.*is typing\n.*deleted: m1/s);
  });
});
