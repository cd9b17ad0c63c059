/** Session names from the command line, on a real network of this machine. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Devnet, startDevnet } from '../../src/devnet/index.ts';
import { nameHash } from '../../src/protocol/sns.ts';
import { toBase64 } from '../../src/util/bytes.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';
import { type CliResult, cli } from '../support/cli.ts';
import { FakeMessenger } from '../support/fake-messenger.ts';

let folder: string;
let net: Devnet;

/** The vector of accounts.md 6.6. */
const jagerman = '05fb466d312e1666ad1c84c4ee55b7e034151c0e366a313d95d11436a5f36e1e75';
const record = {
  encryptedValue:
    'd9bca6752665f2254ec7522f98aa5f2dfb13c9fa1ad1e39cd3d7a89a0df04719e348da537bc310a53e3b59ca24639b9b42',
  nonce: '73e8243f3fadd471be36c6df3d62f863f9bb3a9d1cc696c0',
};

function run(...args: string[]): Promise<CliResult> {
  return cli(new FakeMessenger(), [...args, '--data-dir', folder, '--network', net.networkFile, '--json'], {
    modules: { core: () => import('../../src/core/index.ts') },
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'session-tui-names-'));
  net = await startDevnet({
    platform: {
      clock: systemClock,
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
      logger: silentLogger,
    },
    networkFile: join(folder, 'network.json'),
    names: new Map([[toBase64(nameHash('jagerman')), record]]),
  });
  await run('account', 'create', '--no-password');
});

afterAll(async () => {
  await net.close();
  await rm(folder, { recursive: true, force: true });
});

it('sends to the account that a Session name stands for', async () => {
  const sent = await run('send', 'Jagerman', 'hi');
  expect(sent).toMatchObject({ code: 0, json: [{ event: 'sent', conversation: jagerman }] });
});

it('exits 8 for a name that nobody has, and creates nothing', async () => {
  const sent = await run('send', 'nobody', 'hi');
  expect(sent.code).toBe(8);
  expect(sent.stderr).toContain('nobody has registered it');
  const { json } = await run('conversations');
  expect(json.map(({ id }) => id)).toEqual([jagerman]);
});

it('exits 3 when the name can’t be looked up now', async () => {
  const sent = await run('send', 'jagerman', 'hi', '--proxy', 'socks5h://127.0.0.1:1');
  expect(sent.code).toBe(3);
  expect(sent.stderr).toContain('can’t be looked up now');
  expect(sent.json).toMatchObject([{ event: 'error', code: 'proxy' }]);
});
