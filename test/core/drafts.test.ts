import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { builtInNetwork, createMessenger } from '../../src/core/index.ts';
import { systemRandomBytes } from '../../src/crypto/random.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';

it('a draft is kept with the message that it answers, and without one again', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'session-tui-drafts-'));
  const network = builtInNetwork('testnet');
  if (network === null) throw new Error('there is no testnet');
  const messenger = createMessenger({
    platform: { clock: systemClock, randomBytes: systemRandomBytes, logger: silentLogger },
    dataDir,
    network,
    proxy: null,
    lowBandwidth: false,
  });
  try {
    const first = await messenger.createAccount({ profile: 'one', name: 'Ada', password: null });
    const { accountId } = first.getState().account;
    const message = await first.queueMessage(accountId, 'a note');
    await first.setDraft(accountId, 'about that', message.id);
    await first.close();
    const second = await messenger.openSession('one', null);
    expect(second.getState().conversations).toMatchObject([
      { draft: 'about that', draftAnswers: message.id },
    ]);
    expect(await second.message(message.id)).toMatchObject({ id: message.id, body: 'a note' });
    expect(await second.message('none such')).toBeNull();
    await second.setDraft(accountId, 'about that', null);
    await second.close();
    const third = await messenger.openSession('one', null);
    expect(third.getState().conversations[0]).not.toHaveProperty('draftAnswers');
    await third.close();
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
