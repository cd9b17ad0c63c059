/** The rules that scripts rely on (contracts.md section 1), with the built program on a devnet. */
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLine, networkEvent } from '../../src/cli/output/schemas.ts';
import { type Finished, jsonLines, programPath, Running, run, World } from '../support/program.ts';

let world: World;
let alice: string;
let bob: string;

beforeAll(async () => {
  world = await World.create();
  alice = await world.account('alice');
  bob = await world.account('bob');
});
afterAll(() => world.end());

function bodies(finished: Finished): unknown[] {
  for (const line of jsonLines(finished.stdout)) expect(v.safeParse(jsonLine, line).issues).toBeUndefined();
  return jsonLines(finished.stdout)
    .filter(({ event }) => event === 'message')
    .map(({ body }) => body);
}

async function profileFiles(person: string): Promise<string[]> {
  const folder = join(world.folder, person, 'profiles', 'default');
  return (await readdir(folder)).map((name) => join(folder, name));
}

describe('a profile in use', () => {
  it('is told with code 7 before the password, and is free again at once after kill -9', async () => {
    const follow = new Running(world.as('bob', 'receive', '--follow'));
    await world.run('alice', ['send', bob, 'are you there?']);
    await follow.waitFor(({ event }) => event === 'message');
    const busy = await world.run('bob', ['account', 'phrase', '--yes']);
    expect([busy.code, jsonLines(busy.stdout)[0]?.code]).toEqual([7, 'locked']);
    await writeFile(join(world.folder, 'wrong'), 'wrong');
    const wrong = [
      ...world.as('bob', 'account', 'phrase', '--yes'),
      '--password-file',
      join(world.folder, 'wrong'),
    ];
    expect((await run(wrong)).code).toBe(7);
    const removal = await world.run('bob', ['profile', 'remove', 'default']);
    expect(removal.code).toBe(7);
    await follow.stop('SIGKILL');
    expect((await run(wrong)).code).toBe(5);
    const after = await world.run('bob', ['conversations']);
    expect(after.code, after.stderr).toBe(0);
    expect(jsonLines(after.stdout)[0]).toMatchObject({
      event: 'conversation',
      id: alice,
      unread: 1,
      kind: 'contact',
    });
  });

  it('ends --follow with 143 on SIGTERM, and frees the lock', async () => {
    const follow = new Running(world.as('bob', 'receive', '--follow'));
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect((await follow.stop('SIGTERM')).code).toBe(143);
    expect((await world.run('bob', ['conversations'])).code).toBe(0);
  });
});

describe('without a network', () => {
  it('a message stays queued (3), and the next command that goes online sends it with the same sent time', async () => {
    const nowhere = join(world.folder, 'nowhere.json');
    const network = JSON.parse(await readFile(world.networkFile, 'utf8'));
    await writeFile(
      nowhere,
      JSON.stringify({ ...network, name: 'nowhere', seedNodes: [{ url: 'http://127.0.0.1:9/json_rpc' }] }),
    );
    const queued = await run([
      ...world.as('alice', 'send', bob, 'from the queue', '--wait', '2'),
      '--network',
      nowhere,
    ]);
    expect(queued.code, queued.stderr).toBe(3);
    const [line, error] = jsonLines(queued.stdout);
    expect(line).toMatchObject({ event: 'queued', conversation: bob });
    expect(error?.event).toBe('error');
    expect(queued.stderr).toContain(String(line?.id));
    expect(queued.stderr.trim().split('\n')).toHaveLength(1);
    const [waiting] = jsonLines((await world.run('alice', ['messages', bob, '--limit', '1'])).stdout);
    expect(waiting).toMatchObject({ id: line?.id, status: 'queued' });
    expect((await world.run('alice', ['receive'])).code).toBe(0);
    const got = await world.run('bob', ['receive']);
    expect(bodies(got)).toEqual(['from the queue']);
    expect(jsonLines(got.stdout)[0]?.timestamp).toBe(waiting?.timestamp);
  });

  it('a proxy that is down is code 3, and nothing is tried without it', async () => {
    const before = (await readFile(world.journal, 'utf8')).length;
    const args = ['--proxy', 'socks5h://127.0.0.1:9'];
    const received = await world.run('alice', ['receive', ...args]);
    expect([received.code, jsonLines(received.stdout).at(-1)?.code]).toEqual([3, 'proxy']);
    expect((await world.run('alice', ['network', 'path', ...args])).code).toBe(3);
    expect((await readFile(world.journal, 'utf8')).length).toBe(before);
  });
});

describe('receive', () => {
  it('prints again with --since, oldest first, and only then', async () => {
    const all = await world.run('bob', ['receive', '--since', '2020-01-01']);
    expect(bodies(all)).toEqual(['are you there?', 'from the queue']);
    const later = jsonLines(all.stdout).at(-1)?.timestamp;
    expect(bodies(await world.run('bob', ['receive', '--since', String(later)]))).toEqual(['from the queue']);
    expect(bodies(await world.run('bob', ['receive']))).toEqual([]);
  });

  it('keeps what could not be written, and ends quietly when nobody reads', async () => {
    await world.run('alice', ['send', bob, 'full']);
    const full = openSync('/dev/full', 'w');
    const failed = await new Promise<number | null>((resolve) => {
      spawn(process.execPath, [programPath, ...world.as('bob', 'receive')], {
        stdio: ['ignore', full, 'ignore'],
      }).on('close', resolve);
    });
    expect(failed).toBe(1);
    const child = spawn(process.execPath, [programPath, ...world.as('bob', 'receive')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect([code, stderr]).toEqual([0, '']);
    expect(bodies(await world.run('bob', ['receive']))).toEqual(['full']);
  });
});

describe('stored messages', () => {
  it('are searched, limited and paged, and not marked as read by looking', async () => {
    const all = jsonLines((await world.run('bob', ['messages', alice])).stdout);
    expect(all.map(({ body }) => body)).toEqual(['are you there?', 'from the queue', 'full']);
    expect(bodies(await world.run('bob', ['messages', alice, '--limit', '2']))).toEqual([
      'from the queue',
      'full',
    ]);
    expect(bodies(await world.run('bob', ['messages', alice, '--search', 'QUEUE the']))).toEqual([
      'from the queue',
    ]);
    const before = String(all[1]?.id);
    expect(bodies(await world.run('bob', ['messages', alice, '--before', before]))).toEqual([
      'are you there?',
    ]);
    expect((await world.run('bob', ['messages', alice, '--before', 'nonsense'])).code).toBe(8);
    expect((await world.run('bob', ['messages', 'Nobody'])).code).toBe(8);
    expect(jsonLines((await world.run('bob', ['conversations'])).stdout)[0]).toMatchObject({ unread: 3 });
    expect((await world.run('bob', ['read', alice])).code).toBe(0);
    expect(jsonLines((await world.run('bob', ['conversations'])).stdout)[0]).toMatchObject({ unread: 0 });
  });

  it('can be replied to by ID, and found under the name of their sender', async () => {
    const [first] = jsonLines((await world.run('bob', ['messages', 'alice', '--limit', '1'])).stdout);
    const reply = await world.run('bob', ['send', 'alice', 'yes', '--reply-to', String(first?.id)]);
    expect(reply.code, reply.stderr).toBe(0);
    const got = jsonLines((await world.run('alice', ['receive'])).stdout);
    expect(got[0]).toMatchObject({ body: 'yes', quote: { author: alice, timestamp: first?.timestamp } });
  });
});

describe('network', () => {
  it('prints three hops that are three nodes, and the same ones for the next command', async () => {
    const paths = async () => {
      const { stdout, code, stderr } = await world.run('alice', ['network', 'path']);
      expect(code, stderr).toBe(0);
      const line = v.parse(networkEvent, jsonLines(stdout)[0]);
      expect(line).toMatchObject({ online: true, proxy: null, nodes: 9 });
      return line.paths.map(({ hops }) => hops.map(({ ed25519 }) => ed25519));
    };
    const [first] = await paths();
    expect(new Set(first).size).toBe(3);
    // Which of the two standing paths comes first is drawn anew.
    expect(await paths()).toContainEqual(first);
    expect((await world.run('alice', ['network', 'refresh'])).code).toBe(0);
  });
});

describe('the store', () => {
  it('shows no name, ID or text to grep, and is readable by its owner only', async () => {
    for (const file of await profileFiles('alice')) {
      expect((await stat(file)).mode & 0o777, file).toBe(0o600);
      const bytes = await readFile(file);
      for (const secret of [alice, alice.slice(2), bob, bob.slice(2), 'alice', 'from the queue']) {
        expect(bytes.includes(secret), `${secret} in ${file}`).toBe(false);
        expect(bytes.includes(Buffer.from(secret, 'hex')) && /^[0-9a-f]{64,}$/.test(secret), file).toBe(
          false,
        );
      }
    }
    expect((await stat(join(world.folder, 'alice', 'profiles', 'default'))).mode & 0o777).toBe(0o700);
  });

  it('is untouched by a wrong password', async () => {
    const read = async () =>
      Promise.all(
        (await profileFiles('alice')).map(async (file) => [file, (await readFile(file)).toString('hex')]),
      );
    const before = await read();
    await writeFile(join(world.folder, 'wrong'), 'wrong');
    const refused = await run([
      ...world.as('alice', 'receive'),
      '--password-file',
      join(world.folder, 'wrong'),
    ]);
    expect([refused.code, jsonLines(refused.stdout)[0]?.code]).toEqual([5, 'wrong-password']);
    expect(await read()).toEqual(before);
  });

  it('names a damaged file with code 6, and never loses what is readable', async () => {
    const files = (await profileFiles('bob')).filter((file) => !/keys\.json|lock/.test(file));
    expect(files.length).toBeGreaterThan(0);
    let damaged = 0;
    for (const file of files) {
      const good = await readFile(file);
      if (good.length === 0) continue;
      const bad = Buffer.from(good);
      bad[bad.length - 1] = (bad[bad.length - 1] ?? 0) ^ 1;
      await writeFile(file, bad);
      const met = await world.run('bob', ['messages', alice]);
      expect([0, 6], `${file}: ${met.stderr}`).toContain(met.code);
      if (met.code === 6) {
        damaged += 1;
        expect(jsonLines(met.stdout).at(-1)).toMatchObject({
          event: 'error',
          code: 'damaged',
          file: expect.any(String),
        });
      }
      break;
    }
    expect(damaged).toBeGreaterThan(0);
  });
});

describe('schema', () => {
  it('is in the built program as it is in the source', async () => {
    const { jsonSchema } = await import('../../src/cli/output/json-schema.ts');
    expect(JSON.parse((await run(['schema'])).stdout)).toEqual(JSON.parse(JSON.stringify(jsonSchema)));
  });
});
