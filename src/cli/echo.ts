/** The echo contact of devnet and demo: an ordinary session that answers each message with its text. */
import { join } from 'node:path';
import type { Session } from '../core/index.ts';
import { NetworkError } from '../errors.ts';
import type { Platform } from '../util/platform.ts';

const pauseMs = 500;
const maxCodePoints = 2000;
const profile = 'echo';

export type Echo = Readonly<{
  accountId: string;
  close(): Promise<void>;
}>;

/** Starts it on the network of `networkFile` (the file's text), with its profile under `stateDir`; the same account each time. */
export async function startEcho(
  core: typeof import('../core/index.ts'),
  options: Readonly<{ networkFile: string; stateDir: string; platform: Platform }>,
): Promise<Echo> {
  const { platform } = options;
  const messenger = core.createMessenger({
    platform,
    dataDir: join(options.stateDir, 'echo-account'),
    network: core.parseNetworkFile(options.networkFile),
    proxy: null,
    lowBandwidth: false,
  });
  const known = (await messenger.profileState(profile)) !== 'none';
  const session = known
    ? await messenger.openSession(profile, null)
    : await messenger.createAccount({ profile, name: 'Echo', password: null });
  const stop = new AbortController();
  const answering = answerAll(session, platform, stop.signal);
  return {
    accountId: session.getState().account.accountId,
    close: async () => {
      stop.abort(new DOMException('the echo account was stopped', 'AbortError'));
      try {
        await answering;
      } finally {
        await session.close();
      }
    },
  };
}

async function answerAll(session: Session, { clock, logger }: Platform, signal: AbortSignal): Promise<void> {
  session.goOnline({ poll: false });
  while (!signal.aborted) {
    try {
      await session.fetchRound(signal);
    } catch (error) {
      if (signal.aborted) return;
      logger.debug('echo: a round failed', { code: error instanceof NetworkError ? error.code : 'other' });
    }
    // The list of messages not shown yet survives a restart, so each is answered, and once.
    for (const message of await session.freshMessages()) {
      if (message.direction === 'in' && message.notice === undefined)
        await session.queueMessage(message.conversation, echoOf(message.body));
      await session.acknowledge([message.id]);
    }
    await clock.sleep(pauseMs, signal).catch(() => undefined);
  }
}

/** `echo: ` and the text, cut where the answer would be longer than a message may be. */
export function echoOf(body: string): string {
  return [...`echo: ${body}`].slice(0, maxCodePoints).join('');
}
