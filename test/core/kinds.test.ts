/** Reactions and deletions between two people, and between two devices of one of them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mergeMessage } from '../../src/core/backup/merge.ts';
import { isReaction, mergeReactions, withReaction } from '../../src/core/kinds/reactions.ts';
import type { Message } from '../../src/core/types.ts';
import type { StoredReaction } from '../../src/store/index.ts';
import { FakeSwarms } from '../support/fake-network.ts';
import { Crowd, exchange, type Person, person } from '../support/person.ts';
import { seededRandom } from '../support/seeded-random.ts';

let swarms: FakeSwarms;
let crowd: Crowd;
let alice: Person;
let bob: Person;

beforeEach(() => {
  swarms = new FakeSwarms();
  crowd = new Crowd(swarms);
  alice = crowd.add(1, 'Alice');
  bob = crowd.add(2, 'Bob');
});

afterEach(async () => {
  await crowd.close();
});

async function write(from: Person, to: Person, body: string): Promise<string> {
  const { id } = await from.session.queueMessage(to.id, body);
  return id;
}

/** What people see of a conversation but the line that says who accepted whom. */
const list = async (who: Person, conversation: string): Promise<readonly Message[]> => {
  if (who.store.get('conversations', conversation) === undefined) return [];
  const messages = await who.session.messages(conversation, { limit: 20 });
  return messages.filter(({ notice }) => notice?.kind !== 'accepted');
};

describe('a reaction', () => {
  it('is with the message on both sides and on the other device, and goes again', async () => {
    const tablet = crowd.add(1, 'Alice');
    const id = await write(alice, bob, 'hello');
    await exchange(alice, bob, tablet);
    const [got] = await list(bob, alice.id);
    await bob.session.react(got?.id ?? '', '👍', true);
    await exchange(bob, alice, tablet);
    for (const device of [alice, tablet]) {
      const [message] = await list(device, bob.id);
      expect(message).toMatchObject({ id, reactions: [{ emoji: '👍', from: [bob.id] }] });
    }
    expect(alice.events.find(({ event }) => event === 'reaction')).toMatchObject({
      from: bob.id,
      emoji: '👍',
      removed: false,
    });
    await alice.session.react(id, '👍', true);
    await exchange(alice, bob, tablet);
    for (const [device, conversation] of [
      [tablet, bob.id],
      [bob, alice.id],
    ] as const) {
      const [message] = await list(device, conversation);
      expect(message?.reactions).toEqual([{ emoji: '👍', from: [bob.id, alice.id] }]);
    }
    await bob.session.react(got?.id ?? '', '👍', false);
    await alice.session.react(id, '👍', false);
    await exchange(alice, bob, tablet);
    for (const [device, conversation] of [
      [alice, bob.id],
      [tablet, bob.id],
      [bob, alice.id],
    ] as const)
      expect((await list(device, conversation))[0]?.reactions).toBeUndefined();
    expect(alice.session.getState().queued).toBe(0);
  });

  it('that comes before its message waits for it', async () => {
    const id = await write(alice, bob, 'hello');
    await alice.session.flushOutbox();
    await alice.session.react(id, '🎉', true);
    await alice.session.flushOutbox();
    await write(alice, bob, 'so that there is a conversation');
    await alice.session.flushOutbox();
    const swarm = swarms.list(bob.id);
    swarm.reverse();
    await bob.session.fetchRound();
    const messages = await list(bob, alice.id);
    expect(messages.map(({ body, reactions }) => [body, reactions])).toEqual([
      ['hello', [{ emoji: '🎉', from: [alice.id] }]],
      ['so that there is a conversation', undefined],
    ]);
  });

  it('is one emoji, and nothing is sent for anything else', async () => {
    const id = await write(alice, bob, 'hello');
    for (const emoji of ['', 'a', '👍👍', ' ', 'no', '\u202e', '\u001b[0m', `👍${'\u0301'.repeat(100)}`])
      await expect(alice.session.react(id, emoji, true)).rejects.toMatchObject({ code: 'bad-emoji' });
    for (const emoji of ['👨‍👩‍👧‍👦', '❤️', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🇩🇪', '1️⃣', '👍🏽']) expect(isReaction(emoji)).toBe(true);
    await expect(alice.session.react('nothing', '👍', true)).rejects.toMatchObject({ code: 'no-message' });
    expect(alice.store.entries('outbox')).toHaveLength(1);
    for (let i = 0; i < 10; i++) for (const on of [true, false]) await alice.session.react(id, '👍', on);
    await expect(alice.session.react(id, '👍', true)).rejects.toMatchObject({ code: 'too-many-reactions' });
  });

  it('stands as the last word of each person, in whatever order the words come', () => {
    const bytes = seededRandom(5);
    const random = (): number => new DataView(bytes(4).buffer).getUint32(0) / 2 ** 32;
    const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T; // never empty
    for (let run = 0; run < 200; run++) {
      const words: StoredReaction[] = Array.from({ length: 30 }, () => ({
        emoji: pick(['👍', '❤️', '😂']),
        from: pick(['a', 'b']),
        at: Math.floor(random() * 20),
        ...(random() < 0.4 ? { removed: true as const } : {}),
      }));
      const shuffled = words
        .map((word) => ({ word, key: random() }))
        .sort((a, b) => a.key - b.key)
        .map(({ word }) => word);
      const forwards = mergeReactions([], words);
      expect(mergeReactions([], shuffled)).toEqual(forwards);
      expect(mergeReactions(mergeReactions([], words.slice(15)), words.slice(0, 15))).toEqual(forwards);
      for (const word of words) expect(withReaction(forwards, word)).toBeNull();
    }
  });

  it('of a person beyond sixteen different ones pushes out the oldest of theirs alone', () => {
    let reactions: readonly StoredReaction[] = [{ emoji: '👍', from: 'b', at: 1 }];
    for (let i = 0; i < 40; i++)
      reactions =
        withReaction(reactions, { emoji: String.fromCodePoint(0x1f600 + i), from: 'a', at: i }) ?? reactions;
    expect(reactions.filter(({ from }) => from === 'a')).toHaveLength(16);
    expect(reactions.filter(({ from }) => from === 'b')).toHaveLength(1);
  });
});

describe('deleting', () => {
  it('for everyone leaves a line without words on both sides and on the other device, and nothing in the own swarm', async () => {
    const tablet = crowd.add(1, 'Alice');
    const id = await write(alice, bob, 'a secret');
    await exchange(alice, bob, tablet);
    await alice.session.deleteMessage(id, { everyone: true });
    await exchange(alice, bob, tablet);
    for (const [device, conversation] of [
      [alice, bob.id],
      [tablet, bob.id],
      [bob, alice.id],
    ] as const) {
      const [message] = await list(device, conversation);
      expect(message).toMatchObject({ body: '', notice: { kind: 'deleted' } });
      expect(device.session.getState().conversations[0]).toMatchObject({ preview: '', unread: 0 });
      expect(device.events.find(({ event }) => event === 'deleted')).toMatchObject({ why: 'unsent' });
    }
    expect(await alice.session.settleChanges(1000)).toMatchObject({ done: true });
    const left = crowd.add(1, 'Alice');
    await left.session.fetchRound();
    expect((await list(left, bob.id)).filter(({ body }) => body !== '')).toEqual([]);
  });

  it('here takes the message away for good, and no second copy of it brings it back', async () => {
    await write(alice, bob, 'hello');
    await exchange(alice, bob);
    const [got] = await list(bob, alice.id);
    await bob.session.deleteMessage(got?.id ?? '', { everyone: false });
    await exchange(bob, alice);
    expect(await list(bob, alice.id)).toEqual([]);
    expect(swarms.list(bob.id)).toEqual([]);
    expect(bob.session.getState().conversations[0]).toMatchObject({ unread: 0, preview: '' });
    expect(await list(alice, bob.id)).toHaveLength(1);
    await expect(bob.session.deleteMessage(got?.id ?? '', { everyone: false })).rejects.toMatchObject({
      code: 'no-message',
    });
  });

  it('of a message that waits holds it back', async () => {
    const id = await write(alice, bob, 'not this');
    await alice.session.deleteMessage(id, { everyone: false });
    await exchange(alice, bob);
    expect(await list(bob, alice.id)).toEqual([]);
    expect(alice.session.getState().queued).toBe(0);
  });

  it('for everyone is refused for what others wrote', async () => {
    await write(alice, bob, 'hello');
    await exchange(alice, bob);
    const [got] = await list(bob, alice.id);
    await expect(bob.session.deleteMessage(got?.id ?? '', { everyone: true })).rejects.toMatchObject({
      code: 'not-yours',
    });
    expect((await list(bob, alice.id))[0]?.body).toBe('hello');
  });

  it('in Note to Self is deleting on all devices', async () => {
    const tablet = crowd.add(1, 'Alice');
    const { id } = await alice.session.queueMessage(alice.id, 'a note');
    await exchange(alice, tablet);
    expect(await list(tablet, alice.id)).toHaveLength(1);
    await alice.session.deleteMessage(id, { everyone: true });
    await exchange(alice, tablet);
    expect(await list(tablet, alice.id)).toEqual([]);
    expect(await list(alice, alice.id)).toEqual([]);
  });

  it('by a sender works before the message has come, too, and never by somebody else', async () => {
    await write(alice, bob, 'first');
    await exchange(alice, bob);
    const id = await write(alice, bob, 'second');
    await alice.session.flushOutbox();
    await alice.session.deleteMessage(id, { everyone: true });
    await alice.session.flushOutbox();
    const swarm = swarms.list(bob.id);
    swarm.push(...swarm.splice(1, 1));
    await bob.session.fetchRound();
    expect((await list(bob, alice.id)).map(({ body }) => body)).toEqual(['first']);
  });

  it('by its author is not undone by a backup made before', async () => {
    const id = await write(alice, bob, 'a secret');
    await exchange(alice, bob);
    const before = await bob.store.message((await list(bob, alice.id))[0]?.id ?? '');
    await alice.session.deleteMessage(id, { everyone: true });
    await exchange(alice, bob);
    const after = await bob.store.message(before?.id ?? '');
    if (before === undefined || after === undefined) throw new Error('no message');
    const { message } = mergeMessage({ message: after, outbox: undefined }, { value: before }, Date.now());
    expect(message).toEqual(after);
    expect(JSON.stringify(message)).not.toContain('a secret');
  });
});

describe('in whatever order a swarm hands them over, twice or once', () => {
  it('messages, reactions, deletions and receipts come to the same', async () => {
    const bytes = seededRandom(11);
    const below = (limit: number): number => (new DataView(bytes(4).buffer).getUint32(0) >>> 1) % limit;
    for (const one of [alice, bob]) await one.session.setSetting('read-receipts', 'on');
    // They have accepted each other; from here on anything may come first.
    await write(alice, bob, 'hello');
    await exchange(alice, bob);
    await write(bob, alice, 'hello yourself');
    await exchange(bob, alice);
    const start = swarms.list(alice.id).length;
    const ids: string[] = [];
    for (const body of ['one', 'two', 'three', 'four']) ids.push(await write(alice, bob, body));
    await exchange(alice, bob);
    await bob.session.markRead(alice.id);
    const [, , , second, third] = await list(bob, alice.id);
    await bob.session.react(second?.id ?? '', '👍', true);
    await bob.session.react(third?.id ?? '', '🎉', true);
    await bob.session.react(third?.id ?? '', '🎉', false);
    const unsent = await write(bob, alice, 'to be taken back');
    await bob.session.flushOutbox();
    await bob.session.deleteMessage(unsent, { everyone: true });
    await alice.session.react(ids[3] ?? '', '❤️', true);
    await alice.session.react(ids[0] ?? '', '❤️', true);
    await exchange(alice, bob);
    await exchange(bob, alice);
    const shown = (messages: readonly Message[]) =>
      messages.map(({ id, body, status, reactions, notice }) => ({ id, body, status, notice, reactions }));
    const wanted = shown((await list(alice, bob.id)).filter(({ notice }) => notice?.kind !== 'deleted'));
    expect(wanted.map(({ status }) => status)).toContain('read');
    const before = swarms.list(alice.id).slice(0, start);
    const after = swarms.list(alice.id).slice(start);
    for (let run = 0; run < 12; run++) {
      const shuffled = [...after];
      for (let i = shuffled.length - 1; i > 0; i--) {
        const j = below(i + 1);
        const [a, b] = [shuffled[i], shuffled[j]];
        if (a !== undefined && b !== undefined) [shuffled[i], shuffled[j]] = [b, a];
      }
      const own = new FakeSwarms();
      own.list(alice.id).push(...before);
      const device = person(own, 1, 'Alice');
      await device.session.setSetting('read-receipts', 'on');
      await device.session.fetchRound();
      own.list(alice.id).push(...shuffled);
      await device.session.fetchRound();
      await device.session.fetchRound();
      const messages = (await list(device, bob.id)).filter(({ notice }) => notice?.kind !== 'deleted');
      expect(shown(messages)).toEqual(wanted);
      await device.session.close();
    }
  });
});
