/** `doctor`: on fakes for what it says, on a network of this machine for what it finds. */
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkTerminal, type TerminalFacts } from '../../src/cli/doctor/terminal.ts';
import { startDevnet } from '../../src/devnet/index.ts';
import { NetworkError, StoreError } from '../../src/errors.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { type CliOptions, type CliResult, cli } from '../support/cli.ts';
import { FakeMessenger, fakeMessage, online } from '../support/fake-messenger.ts';

const utf8 = { LANG: 'C.UTF-8' };

/** name → [ok, level] */
function levels({ json }: CliResult): Record<string, unknown> {
  return Object.fromEntries(json.map(({ name, ok, level }) => [name, [ok, level]]));
}
const message = ({ json }: CliResult, name: string) => json.find((line) => line.name === name)?.message;
const fine = [true, 'ok'];
const poor = [true, 'warning'];
const bad = [false, 'problem'];

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});
async function openFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'session-tui-doctor-'));
  folders.push(folder);
  await chmod(folder, 0o755);
  return folder;
}

describe('on a machine where all is well', () => {
  let messenger: FakeMessenger;
  const doctor = (args: readonly string[] = [], options: CliOptions = {}) =>
    cli(messenger, ['doctor', '--json', ...args], { env: utf8, ...options });
  beforeEach(() => {
    messenger = new FakeMessenger();
  });

  it('prints one line a check, and exits 0', async () => {
    const session = messenger.has();
    session.add(fakeMessage());
    const found = await doctor();
    expect(found.code).toBe(0);
    expect(levels(found)).toEqual({
      terminal: fine,
      store: fine,
      proxy: fine,
      network: fine,
      clock: fine,
      swarm: fine,
    });
    expect(message(found, 'store')).toContain('1 message');
    expect(message(found, 'network')).toContain('127.0.11.1 → 127.0.12.1 → 127.0.13.1');
    expect(message(found, 'swarm')).toContain('2 members');
    expect(session.closed).toBe(true);
    // shown by no other command yet
    expect(session.fresh.size).toBe(1);
    const human = await cli(messenger, ['doctor'], { env: utf8 });
    expect(human.stdout.split('\n').slice(0, 2).join('\n')).toMatch(/^ok {7}terminal {2}.*\nok {7}store/);
  });

  it('works without an account, and skips what needs one', async () => {
    const found = await doctor();
    expect(found.code).toBe(0);
    expect(levels(found)).toEqual({ terminal: fine, store: fine, proxy: fine, network: fine, clock: fine });
    expect(message(found, 'store')).toContain('account create');
  });

  it('looks at the rest while another process holds the profile, or nobody gives the password', async () => {
    messenger.has('default', 'secret');
    const closed = await doctor();
    expect([closed.code, levels(closed).store]).toEqual([0, poor]);
    messenger.locked = true;
    const locked = await doctor();
    expect([locked.code, levels(locked).store, levels(locked).network]).toEqual([0, poor, fine]);
  });

  it('a damaged file, a wrong permission or password is a problem: code 1', async () => {
    const session = messenger.has();
    session.damaged = [{ file: 'ab12', keptAs: 'ab12.damaged', what: 'cut short' }];
    const damaged = await doctor();
    expect([damaged.code, levels(damaged).store]).toEqual([1, bad]);
    expect(message(damaged, 'store')).toContain('ab12.damaged');
    session.damaged = [];
    messenger.folder = await openFolder();
    const open = await doctor();
    expect([open.code, levels(open).store]).toEqual([1, bad]);
    expect(message(open, 'store')).toContain('chmod -R go=');
  });

  it('problems of the network alone are code 3, and those of a proxy end the search', async () => {
    const session = messenger.has();
    session.connecting = async () => {
      throw new NetworkError('seed', 'No seed node can be reached.');
    };
    const away = await doctor();
    expect([away.code, levels(away).network, levels(away).swarm]).toEqual([3, bad, undefined]);
    messenger.probe = {
      ...messenger.probe,
      checkProxy: async () => {
        throw new NetworkError('proxy', 'The proxy is away.');
      },
    };
    const noProxy = await doctor(['--tor']);
    expect(noProxy.code).toBe(3);
    expect(levels(noProxy)).toEqual({ terminal: fine, store: fine, proxy: bad, network: bad });
    messenger.folder = await openFolder();
    expect((await doctor(['--tor'])).code).toBe(1);
  });

  it('a round that no member answers is a problem of the swarm', async () => {
    messenger.has().round = async () => {
      throw new NetworkError('timeout', 'No member answered.');
    };
    const found = await doctor();
    expect([found.code, levels(found).swarm]).toEqual([3, bad]);
  });

  it.each([
    [20_000, fine, 0],
    [-600_000, poor, 0],
    [7_200_000, bad, 1],
    [null, poor, 0],
  ])('a clock %s ms off', async (clockOffsetMs, level, code) => {
    const session = messenger.has();
    session.connecting = async () => {
      session.network = { ...online, clockOffsetMs };
    };
    const found = await doctor();
    expect([levels(found).clock, found.code]).toEqual([level, code]);
    if (clockOffsetMs === -600_000) expect(message(found, 'clock')).toContain('10 minutes ahead');
  });

  it('errors of use come first: code 2 and no check', async () => {
    const found = await doctor(['--proxy', 'http://x:1']);
    expect([found.code, found.json.map(({ event }) => event)]).toEqual([2, ['error']]);
  });

  it('a store that another version wrote is named', async () => {
    messenger.has();
    messenger.openSession = async () => {
      throw new StoreError('too-new', 'A newer version made this profile.');
    };
    expect(levels(await doctor()).store).toEqual(bad);
  });
});

describe('the terminal', () => {
  const good: TerminalFacts = {
    isTerminal: true,
    columns: 80,
    rows: 24,
    colors: '256',
    color: true,
    env: { TERM: 'xterm', ...utf8 },
    platform: 'linux',
  };
  it.each<[string, Partial<TerminalFacts>, string, string]>([
    ['is fine', {}, 'ok', '80×24. UTF-8. 256 colours.'],
    ['is too small', { rows: 9 }, 'warning', 'at least 40×10'],
    ['is not UTF-8', { env: { TERM: 'xterm', LANG: 'C.UTF-8', LC_ALL: 'POSIX' } }, 'warning', 'POSIX'],
    ['has no locale', { env: { TERM: 'xterm' } }, 'warning', 'LANG=C.UTF-8'],
    ['needs none on macOS', { env: { TERM: 'xterm' }, platform: 'darwin' }, 'ok', '80×24.'],
    ['is dumb', { env: { TERM: 'dumb', ...utf8 } }, 'warning', 'TERM'],
    ['has no colours', { colors: 'none' }, 'ok', 'No colours'],
    ['has all colours', { colors: 'true' }, 'ok', '16 million colours'],
    ['is not to have any', { color: false }, 'ok', 'turned off'],
    ['is none', { isTerminal: false }, 'ok', 'no terminal'],
  ])('%s', (_title, change, level, words) => {
    const found = checkTerminal({ ...good, ...change });
    expect(found.level).toBe(level);
    expect(found.message).toContain(words);
  });
});

describe('on a real store and network', () => {
  const open: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  it('finds all well, then the folder open to others, then the network gone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'session-tui-doctor-'));
    open.push(() => rm(folder, { recursive: true, force: true }));
    const net = await startDevnet({
      platform: {
        clock: systemClock,
        randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
        logger: silentLogger,
      },
      networkFile: join(folder, 'network.json'),
    });
    open.push(() => net.close());
    await writeFile(join(folder, 'password'), 'correct horse\n');
    const run = (...args: string[]) =>
      cli(
        new FakeMessenger(),
        [
          ...args,
          ...['--data-dir', join(folder, 'data'), '--network', net.networkFile, '--json'],
          ...['--password-file', join(folder, 'password')],
        ],
        { env: utf8, modules: { core: () => import('../../src/core/index.ts') } },
      );

    const before = await run('doctor');
    expect([before.code, levels(before).network]).toEqual([0, fine]);
    expect(await readdir(folder)).not.toContain('data');

    await run('account', 'create');
    const well = await run('doctor');
    expect(well.stderr).toBe('');
    expect(well.code).toBe(0);
    expect(Object.values(levels(well))).toEqual(Array.from({ length: 6 }, () => fine));
    expect(message(well, 'swarm')).toContain('2 members');

    const profile = join(folder, 'data', 'profiles', 'default');
    await chmod(join(profile, 'keys.json'), 0o644);
    const open644 = await run('doctor');
    expect([open644.code, levels(open644).store]).toEqual([1, bad]);
    expect(message(open644, 'store')).toContain('keys.json');
    await chmod(join(profile, 'keys.json'), 0o600);

    const noProxy = await run('doctor', '--proxy', 'socks5h://127.0.0.1:1');
    expect([noProxy.code, levels(noProxy).proxy]).toEqual([3, bad]);
    expect(message(noProxy, 'proxy')).toContain('127.0.0.1:1');
  });
});
