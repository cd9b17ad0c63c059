import { StoreError } from '../../errors.ts';
import type { Clock } from '../../util/clock.ts';
import type { Session } from '../types.ts';
import { connectToHolder } from './client.ts';
import { RemoteSession } from './remote-session.ts';

/** Another command, a `send` for instance, holds the profile for some seconds: that long it is waited for. */
const shortHolderMs = 10_000;
const askAgainMs = 50;

export type ShareOptions = Readonly<{
  /** opens the profile for this process */
  open: () => Promise<Session>;
  profileFolder: string;
  runtimeDirs: readonly string[];
  clock: Clock;
  signal: AbortSignal;
}>;

/** The profile opened here, or served by whoever holds it and stays; a holder that is soon done is waited for. */
export async function shareSession(options: ShareOptions): Promise<Session> {
  const { open, profileFolder, runtimeDirs, clock, signal } = options;
  const giveUpAt = clock.now() + shortHolderMs;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof StoreError && error.code === 'locked')) throw error;
      const client = await connectToHolder(profileFolder, runtimeDirs, clock);
      if (client !== null) return new RemoteSession(client);
      if (clock.now() >= giveUpAt) throw error;
    }
    await clock.sleep(askAgainMs, signal);
  }
}
