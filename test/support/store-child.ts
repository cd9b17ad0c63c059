/**
 * A process for tests of the store: `race FOLDER AT` tries to take the lock at a moment and says whether it could;
 * `write FOLDER` stores messages for ever and prints each one's ID once it is stored.
 */
import { randomFillSync } from 'node:crypto';
import { nodeFiles } from '../../src/store/files.ts';
import { messageId } from '../../src/store/index.ts';
import { takeLock } from '../../src/store/lock.ts';
import { openProfile } from '../../src/store/profiles.ts';
import { systemClock } from '../../src/util/clock.ts';
import { silentLogger } from '../../src/util/logger.ts';

const platform = {
  clock: systemClock,
  randomBytes: (length: number) => randomFillSync(new Uint8Array(length)),
  logger: silentLogger,
};
const [what, folder = '', at = '0'] = process.argv.slice(2);

if (what === 'race') {
  process.stdout.write('ready\n');
  while (Date.now() < Number(at)) {
    // Spinning, so that all of them are as close as can be.
  }
  try {
    await takeLock(nodeFiles, folder, platform);
    process.stdout.write('won\n');
  } catch (error) {
    process.stdout.write(`${error instanceof Error && 'code' in error ? error.code : error}\n`);
  }
  await systemClock.sleep(60_000);
} else {
  const limits = { journalBytes: 20_000, shard: { messages: 20, bytes: 100_000 } };
  const store = await openProfile({ folder, password: null, platform, limits });
  const conversation = `05${'b2'.repeat(32)}`;
  const start = Date.now();
  for (let n = 0; ; n++) {
    const id = messageId(conversation, conversation, start + n);
    await store.transact((tx) => {
      tx.putMessage({
        id,
        conversation,
        from: conversation,
        direction: 'in',
        sentAt: start + n,
        receivedAt: start + n,
        body: `written ${n}`,
        status: 'received',
        attachments: [],
      });
      tx.put('fresh', id, start + n);
      if (n % 10 === 9) tx.delete('fresh', id);
    });
    process.stdout.write(`${id}\n`);
  }
}
