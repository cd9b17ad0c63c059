/** Reactions, deletions, receipts and disappearing messages between two people, one of them with two devices. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type JsonLine, jsonLines, Running, World } from '../support/program.ts';

describe('what is not said but done', () => {
  let world: World;
  let alice: string;
  let bob: string;

  /** A command that must succeed, and its lines. */
  const ok = async (person: string, ...args: string[]): Promise<JsonLine[]> => {
    const { code, stdout, stderr } = await world.run(person, args);
    expect(code, `${args.join(' ')}: ${stderr}`).toBe(0);
    return jsonLines(stdout);
  };
  const bodies = async (person: string, conversation: string): Promise<unknown[]> =>
    (await ok(person, 'messages', conversation))
      .filter(({ kind }) => kind !== 'accepted')
      .map(({ event, body, kind }) => body ?? `${event} ${kind}`);

  beforeAll(async () => {
    world = await World.create();
    alice = await world.account('alice');
    bob = await world.account('bob');
    const words = await world.run('alice', ['account', 'phrase', '--yes']);
    const tablet = await world.run('tablet', ['account', 'restore', '--name', 'alice'], {
      input: words.stdout,
    });
    expect(tablet.code, tablet.stderr).toBe(0);
  });
  let follow: Running | null = null;
  afterEach(async () => {
    await follow?.stop('SIGINT');
  });
  afterAll(() => world.end());

  it('reaches the other side and one’s other device', async () => {
    follow = new Running(world.as('bob', 'receive', '--follow'));
    const [sent] = await ok('alice', 'send', bob, 'hello');
    await follow.waitFor(({ body }) => body === 'hello');
    await ok('bob', 'send', alice, 'hello yourself');
    await ok('alice', 'receive');
    await ok('alice', 'react', String(sent?.id), '👍');
    const reacted = await follow.waitFor(({ event }) => event === 'reaction');
    expect(reacted).toMatchObject({ from: alice, emoji: '👍', removed: false });
    await ok('tablet', 'receive');
    const [first] = await ok('tablet', 'messages', bob);
    expect(first).toMatchObject({ body: 'hello', reactions: [{ emoji: '👍', from: [alice] }] });

    await ok('alice', 'settings', 'set', 'read-receipts', 'on');
    await ok('bob', 'settings', 'set', 'read-receipts', 'on');
    await ok('alice', 'send', bob, 'read this');
    await follow.waitFor(({ body }) => body === 'read this');
    await ok('bob', 'read', alice);
    expect((await ok('alice', 'receive')).map(({ event }) => event)).toEqual(['receipt']);

    await ok('alice', 'delete', String(sent?.id), '--everyone');
    await follow.waitFor(({ event }) => event === 'deleted');
    await ok('tablet', 'receive');
    const left = ['notice deleted', 'hello yourself', 'read this'];
    for (const [person, conversation] of [
      ['alice', bob],
      ['bob', alice],
      ['tablet', bob],
    ] as const)
      expect(await bodies(person, conversation)).toEqual(left);
  }, 120_000);

  it('vanishes at its time from both sides, while a program runs and while none does', async () => {
    const timer = await ok('alice', 'contact', 'timer', bob, '10s', '--after', 'send');
    expect(timer).toMatchObject([{ event: 'conversation', expiry: { mode: 'after-send', seconds: 10 } }]);
    follow = new Running(world.as('bob', 'receive', '--follow'));
    await ok('alice', 'send', bob, 'gone in ten seconds');
    const got = await follow.waitFor(({ body }) => body === 'gone in ten seconds');
    await follow.waitFor(({ event, id }) => event === 'deleted' && id === got.id);
    expect(Date.now()).toBeLessThan(Number(got.expiresAt) + 2_000);
    await follow.stop('SIGINT');
    expect(await bodies('alice', bob)).not.toContain('gone in ten seconds');
    expect(await bodies('bob', alice)).not.toContain('gone in ten seconds');
    // The swarm has forgotten it, too: a device that comes now gets nothing of it.
    await ok('tablet', 'receive');
    expect(await bodies('tablet', bob)).not.toContain('gone in ten seconds');
  }, 120_000);
});
