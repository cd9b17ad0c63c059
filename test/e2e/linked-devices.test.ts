import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type JsonLine, jsonLines, Running, World } from '../support/program.ts';

/** Alice has a phone and a laptop (one recovery phrase); Bob is somebody else. */
describe('two devices of one account on a devnet', () => {
  let world: World;
  let bob: string;

  const ok = async (person: string, ...args: string[]): Promise<JsonLine[]> => {
    const done = await world.run(person, args);
    expect(done.code, `${person} ${args.join(' ')}: ${done.stderr}`).toBe(0);
    return jsonLines(done.stdout);
  };

  beforeAll(async () => {
    world = await World.create();
    await world.account('phone');
    bob = await world.account('bob');
    const phrase = (await world.run('phone', ['account', 'phrase', '--yes'])).stdout;
    const restored = await world.run('laptop', ['account', 'restore'], { input: phrase });
    expect(restored.code, restored.stderr).toBe(0);
  });
  afterAll(() => world.end());

  it('share what was changed on one of them while the other was closed', async () => {
    await ok('phone', 'contact', 'add', bob, '--name', 'Bobby');
    await ok('phone', 'contact', 'pin', bob);
    await ok('phone', 'contact', 'block', bob);
    await ok('laptop', 'receive');
    expect(await ok('laptop', 'contact', 'list')).toMatchObject([
      { id: bob, nickname: 'Bobby', pinned: true, blocked: true },
    ]);
    expect(await ok('laptop', 'account', 'show')).toMatchObject([{ name: 'phone' }]);

    await ok('laptop', 'contact', 'rename', bob, 'Robert');
    await ok('laptop', 'contact', 'unblock', bob);
    await ok('laptop', 'settings', 'set', 'name', 'Alice');
    await ok('phone', 'receive');
    expect(await ok('phone', 'contact', 'list')).toMatchObject([
      { id: bob, nickname: 'Robert', pinned: true, blocked: false },
    ]);
    expect(await ok('phone', 'account', 'show')).toMatchObject([{ name: 'Alice' }]);
  });

  it('while one of them runs: what is read, sent and changed on the other appears there', async () => {
    const [account] = await ok('phone', 'account', 'show');
    const alice = String(account?.accountId);
    const running = new Running(world.as('laptop', 'receive', '--follow'));
    await ok('bob', 'send', alice, 'hello on all devices');
    await running.waitFor((line) => line.event === 'message' && line.body === 'hello on all devices');
    const unread = async (): Promise<unknown> =>
      (await ok('laptop', 'conversations')).find((line) => line.id === bob)?.unread;
    expect(await unread()).toBe(1);
    await ok('phone', 'receive');
    await ok('phone', 'read', bob);
    await expect.poll(unread, { timeout: 8_000, interval: 1_000 }).toBe(0);

    await ok('phone', 'send', bob, 'from the phone');
    const copy = await running.waitFor((line) => line.event === 'message' && line.body === 'from the phone');
    expect(copy).toMatchObject({ conversation: bob, direction: 'out', status: 'sent' });
    // A command that the running process serves.
    await ok('laptop', 'contact', 'unpin', bob);
    await ok('phone', 'receive');
    expect((await ok('phone', 'contact', 'list')).find((line) => line.id === bob)).toMatchObject({
      pinned: false,
      approved: true,
      approvedMe: true,
    });
    expect((await running.stop('SIGINT')).code).toBe(130);
  });
});
