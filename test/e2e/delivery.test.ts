import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines, Running, World } from '../support/program.ts';

describe('two people with separate programs on one devnet', () => {
  let world: World;
  let alice: string;
  let bob: string;

  beforeAll(async () => {
    world = await World.create();
    alice = await world.account('alice');
    bob = await world.account('bob');
  });
  afterAll(() => world.end());

  it('sends to a script that follows, and shows the message once', async () => {
    const follow = new Running(world.as('bob', 'receive', '--follow'));
    const sent = await world.run('alice', ['send', bob, 'hello, Bob']);
    expect(sent.code, sent.stderr).toBe(0);
    const [line] = jsonLines(sent.stdout);
    expect(line).toMatchObject({ event: 'sent', conversation: bob });
    expect(line?.hash).toMatch(/^[A-Za-z0-9+/]{43}$/);
    const got = await follow.waitFor((l) => l.event === 'message');
    expect(got).toMatchObject({
      from: alice,
      conversation: alice,
      direction: 'in',
      body: 'hello, Bob',
      status: 'received',
    });
    expect(got.timestamp).toBe(line?.timestamp);
    const ended = await follow.stop('SIGINT');
    expect(ended.code).toBe(130);
    const again = await world.run('bob', ['receive']);
    expect(again.code, again.stderr).toBe(0);
    expect(jsonLines(again.stdout).filter((l) => l.event === 'message')).toEqual([]);
  });

  it('keeps the history of both sides, in order of sending, after a restart', async () => {
    for (const text of ['one', 'two', 'three']) {
      const sent = await world.run('bob', ['send', alice], { input: `${text}\n` });
      expect(sent.code, sent.stderr).toBe(0);
    }
    const received = await world.run('alice', ['receive']);
    expect(received.code, received.stderr).toBe(0);
    const messages = jsonLines(received.stdout).filter((l) => l.event === 'message');
    expect(messages.map((l) => l.body)).toEqual(['one', 'two', 'three']);
    for (const [person, other] of [
      ['alice', bob],
      ['bob', alice],
    ] as const) {
      const history = await world.run(person, ['messages', other]);
      expect(history.code, history.stderr).toBe(0);
      expect(jsonLines(history.stdout).map((l) => l.body)).toEqual(['hello, Bob', 'one', 'two', 'three']);
    }
  });

  it('shows the sender’s own message to a second device of the same account', async () => {
    const phrase = (await world.run('alice', ['account', 'phrase', '--yes'])).stdout;
    const restored = await world.run('alice-laptop', ['account', 'restore'], { input: phrase });
    expect(restored.code, restored.stderr).toBe(0);
    expect(jsonLines(restored.stdout)[0]).toMatchObject({ event: 'account', accountId: alice });
    const round = await world.run('alice-laptop', ['receive']);
    expect(round.code, round.stderr).toBe(0);
    const messages = jsonLines(round.stdout).filter((l) => l.event === 'message');
    expect(messages.map((l) => [l.direction, l.conversation, l.body])).toEqual([
      ['out', bob, 'hello, Bob'],
      ['in', bob, 'one'],
      ['in', bob, 'two'],
      ['in', bob, 'three'],
    ]);
  });

  it('asks no seed again after a restart', async () => {
    const before = await seedRequests(join(world.folder, 'journal.jsonl'));
    expect((await world.run('alice', ['receive'])).code).toBe(0);
    expect(await seedRequests(join(world.folder, 'journal.jsonl'))).toBe(before);
  });

  it('refuses an account ID that can’t be one before anything is sent', async () => {
    const sent = await world.run('alice', ['send', `05${'a'.repeat(63)}`, 'x']);
    expect(sent.code).toBe(2);
    expect(sent.stderr.trim().split('\n')).toHaveLength(1);
  });
});

async function seedRequests(journal: string): Promise<number> {
  const lines = jsonLinesOf(await readFile(journal, 'utf8'));
  return lines.filter((line) => line.server === 'seed').length;
}

function jsonLinesOf(text: string): { server?: string }[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { server?: string });
}
