import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtInNetwork, createMessenger } from '../../src/core/index.ts';
import type { Messenger } from '../../src/core/types.ts';
import { systemRandomBytes } from '../../src/crypto/random.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';

const network = builtInNetwork('testnet');

describe('a locked profile', () => {
  let dataDir: string;
  let messenger: Messenger;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'session-tui-lock-'));
    if (network === null) throw new Error('there is no testnet');
    messenger = createMessenger({
      platform: { clock: systemClock, randomBytes: systemRandomBytes, logger: silentLogger },
      dataDir,
      network,
      proxy: null,
      lowBandwidth: false,
    });
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('stays held, opens again with its password alone, and is free after it is closed', async () => {
    const session = await messenger.createAccount({ profile: 'one', name: 'Alice', password: 'right' });
    const { accountId } = session.getState().account;
    await session.setDraft(accountId, 'unfinished', null);
    const locked = await session.lock();
    await expect(messenger.openSession('one', 'right')).rejects.toMatchObject({ code: 'locked' });
    await expect(locked.unlock('wrong')).rejects.toMatchObject({ code: 'wrong-password' });
    await expect(locked.unlock(null)).rejects.toMatchObject({ code: 'password-needed' });
    await expect(messenger.openSession('one', 'right')).rejects.toMatchObject({ code: 'locked' });
    const again = await locked.unlock('right');
    expect(again.getState().account).toEqual({ accountId, name: 'Alice', profile: 'one' });
    await (await again.lock()).close();
    await (await messenger.openSession('one', 'right')).close();
  });
});
