/**
 * One person of the soak, a process of its own: `person.ts DATA-DIR NETWORK-FILE NAME`, driven over the IPC channel. The
 * session is the program's own (core), polling and sending in the background as under the chat UI. What the person
 * does besides is count.
 */
import { randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createMessenger, type MessengerOptions, parseNetworkFile } from '../../src/core/index.ts';
import { systemClock } from '../../src/util/clock.ts';
import { formatFields, type LogFields, type Logger } from '../../src/util/logger.ts';
import type { FromPerson, PersonReport, ToPerson } from './protocol.ts';

const [dataDir = '', networkFile = '', name = ''] = process.argv.slice(2);

const counts = new Map<string, number>();
const count = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
const note = (message: string, fields: LogFields = {}) => {
  if (process.env.SOAK_LOG !== undefined) {
    process.stderr.write(
      `${Math.round(performance.now())} ${name}: ${message}${formatFields(fields, 'debug')}\n`,
    );
  }
  if (message === 'a request failed') {
    count(`request ${String(fields.code)}${fields.status === undefined ? '' : ` ${String(fields.status)}`}`);
  } else if (message === 'a round of fetching failed') {
    count(`round ${String(fields.code)}`);
  } else if (message === 'message not delivered') {
    count(`message ${String(fields.code)}`);
  } else if (message === 'sync copy not stored') {
    count(`sync copy ${String(fields.code)}`);
  }
};
const logger: Logger = { error: note, warn: note, info: note, debug: note, trace() {} };

const options: MessengerOptions = {
  platform: {
    clock: systemClock,
    randomBytes: (length) => randomFillSync(new Uint8Array(length)),
    logger,
  },
  dataDir,
  network: parseNetworkFile(readFileSync(networkFile, 'utf8')),
  proxy: null,
  lowBandwidth: false,
};
const messenger = createMessenger(options);
const session = await messenger.createAccount({ profile: 'default', name, password: null });
const { accountId } = session.getState().account;

const tell = (message: FromPerson) => process.send?.(message);
const latenciesMs: number[] = [];
const shown = new Map<string, number>();
let sent = 0;
session.onEvent((event) => {
  if (event.event === 'sent') sent += 1;
  // That somebody has accepted a request is a line of its own, and no message.
  else if (
    event.event === 'message' &&
    event.message.direction === 'in' &&
    event.message.notice === undefined
  ) {
    const { id, body } = event.message;
    shown.set(id, (shown.get(id) ?? 0) + 1);
    latenciesMs.push(Date.now() - Number(body.split(' ', 2)[1]));
  } else return;
  tell({ is: 'progress', sent, received: shown.size });
});
session.goOnline({ poll: true });

/** Closes the session, opens the profile again, and reads what it holds. */
async function report(peer: string): Promise<PersonReport> {
  const { skipped } = session.getState();
  const leftInQueue = session.getState().queued;
  await session.close();
  const again = await messenger.openSession('default', null);
  const history = await again.messages(peer, { limit: 1_000_000 });
  await again.close();
  const usage = process.resourceUsage();
  return {
    history: history
      .filter(({ notice }) => notice === undefined)
      .map(({ direction, body, status }) => ({ direction, index: Number(body.split(' ', 1)[0]), status })),
    shownTwice: [...shown.values()].filter((times) => times > 1).length,
    leftInQueue,
    latenciesMs,
    counts: Object.fromEntries([...counts].sort()),
    skipped,
    cpuMs: Math.round((usage.userCPUTime + usage.systemCPUTime) / 1000),
    peakRssBytes: usage.maxRSS * 1024,
  };
}

async function obey(order: ToPerson): Promise<void> {
  if (order.do === 'send') {
    for (const { index, filler } of order.messages) {
      await session.queueMessage(order.to, `${index} ${Date.now()} ${filler}`);
    }
    return;
  }
  const message: FromPerson = { is: 'report', report: await report(order.peer) };
  // the report is long: it has to be written before this process ends
  process.send?.(message, undefined, {}, () => process.disconnect?.());
}

let orders: Promise<void> = Promise.resolve();
process.on('message', (order: ToPerson) => {
  orders = orders.then(() => obey(order));
});
process.on('disconnect', () => process.exit(0));
tell({ is: 'ready', accountId });
