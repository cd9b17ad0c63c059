/** Contacts and message requests with the built program on a devnet whose journal says what left a machine. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines, World } from '../support/program.ts';
import { PtyScreen } from '../support/pty-screen.ts';
import { keys } from '../support/screen.ts';

type Params = Readonly<Record<string, unknown>> &
  Readonly<{ requests?: readonly Readonly<{ method: string; params: Params }>[] }>;
type Seen = Readonly<{ server: string; saw: Readonly<{ role?: string; method?: string; params?: Params }> }>;

describe('a stranger who writes', () => {
  let world: World;
  let alice: string;
  let eve: string;

  beforeAll(async () => {
    world = await World.create();
    [alice, eve] = await Promise.all([world.account('alice'), world.account('eve')]);
    // What would betray her most is on.
    for (const key of ['read-receipts', 'typing-indicators'])
      await done('alice', ['settings', 'set', key, 'on']);
  });
  afterAll(() => world.end());

  async function done(person: string, args: readonly string[]) {
    const result = await world.run(person, args);
    expect(result.code, `${args.join(' ')}: ${result.stderr}`).toBe(0);
    return jsonLines(result.stdout);
  }

  async function journal(): Promise<Seen[]> {
    const text = await readFile(world.journal, 'utf8');
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line): Seen => JSON.parse(line));
  }

  /** Messages that were handed to a node for somebody, whoever sent them. */
  async function storedFor(id: string): Promise<number> {
    const stored = new Set<unknown>();
    for (const { saw } of await journal()) {
      if (saw.role !== 'destination' || saw.params === undefined) continue;
      for (const { method, params } of saw.params.requests ?? [{ method: saw.method, params: saw.params }])
        if (method === 'store' && params.pubkey === id && (params.namespace ?? 0) === 0)
          stored.add(params.data);
    }
    return stored.size;
  }

  it('waits as a request, and learns nothing: no receipt, no typing notice, no download', async () => {
    await done('eve', ['send', alice, 'let me in']);
    const before = await storedFor(eve);
    // Her own copy of what she sent: so this would be seen.
    expect([before, await storedFor(alice)]).toEqual([1, 1]);
    const [message] = (await done('alice', ['receive'])).filter(({ event }) => event === 'message');
    expect(message).toMatchObject({ from: eve, body: 'let me in', request: true });
    expect(await done('alice', ['conversations'])).toContainEqual(
      expect.objectContaining({ id: eve, name: 'eve', request: true, unread: 1 }),
    );
    expect(await done('alice', ['contact', 'list'])).toMatchObject([
      { id: eve, approved: false, approvedMe: true, blocked: false, request: true },
    ]);
    await done('alice', ['messages', eve]);
    await done('alice', ['read', eve]);
    const args = ['--data-dir', join(world.folder, 'alice'), '--network', world.networkFile];
    const screen = new PtyScreen([...args, '--password-file', join(world.folder, 'password')], [80, 24]);
    await screen.waitFor(/[Rr]equests/);
    screen.send(keys.enter);
    await screen.waitFor('let me in');
    screen.send('who are you');
    await screen.waitFor('> who are you');
    expect(screen.text()).toMatch(/F9.*y accepts, n declines, b blocks/);
    screen.send(keys.ctrl('q'));
    expect(await screen.exited).toBe(0);
    expect(await storedFor(eve)).toBe(before);
    expect((await journal()).filter(({ server }) => server === 'file')).toEqual([]);
  });

  it('is told once accepted, before the command ends', async () => {
    const before = await storedFor(eve);
    expect(await done('alice', ['contact', 'accept', 'eve'])).toMatchObject([
      { event: 'contact', id: eve, approved: true, approvedMe: true, request: false },
    ]);
    expect(await storedFor(eve)).toBe(before + 1);
    expect(await done('alice', ['conversations'])).toContainEqual(
      expect.objectContaining({ id: eve, request: false }),
    );
    const told = (await done('eve', ['receive'])).filter(({ event }) => event === 'notice');
    expect(told).toMatchObject([{ conversation: alice, message: 'accepted your message request' }]);
    expect(await done('eve', ['contact', 'show', 'alice'])).toMatchObject([
      { id: alice, approved: true, approvedMe: true },
    ]);
    // From now on she learns what alice does: a receipt.
    await done('eve', ['send', alice, 'thank you']);
    await done('alice', ['receive']);
    const unread = await storedFor(eve);
    await done('alice', ['read', eve]);
    expect(await storedFor(eve)).toBe(unread + 1);
  });

  it('once blocked is dropped, for good, and can’t be written to', async () => {
    expect(await done('alice', ['contact', 'block', eve])).toMatchObject([{ id: eve, blocked: true }]);
    await done('eve', ['send', alice, 'never to be seen']);
    expect(await done('alice', ['receive'])).toEqual([]);
    expect((await world.run('alice', ['send', eve, 'no'])).code).toBe(2);
    expect(await done('alice', ['contact', 'unblock', eve])).toMatchObject([{ blocked: false }]);
    expect(await done('alice', ['receive', '--since', '10000'])).not.toContainEqual(
      expect.objectContaining({ body: 'never to be seen' }),
    );
  });

  it('can be removed, with all there was', async () => {
    expect(await done('alice', ['contact', 'remove', eve])).toMatchObject([{ id: eve, removed: true }]);
    expect(await done('alice', ['contact', 'list'])).toEqual([]);
    expect((await world.run('alice', ['messages', eve])).code).toBe(8);
  });

  it('who is on nobody’s record is exit code 8, and what names nobody is 2; nothing is made', async () => {
    for (const what of ['accept', 'block', 'remove']) {
      const unknown = await world.run('alice', ['contact', what, eve]);
      expect([what, unknown.code, unknown.stdout.includes('"contact"')]).toEqual([what, 8, false]);
    }
    expect((await world.run('alice', ['contact', 'accept'])).code).toBe(2);
    expect((await world.run('alice', ['contact', 'block', eve.slice(0, -1)])).code).toBe(2);
    expect(await done('alice', ['contact', 'list'])).toEqual([]);
  });
});
