import type { CoreEvent, Message, Session } from '../../core/index.ts';
import { NetworkError } from '../../errors.ts';
import { type Context, namesOf, withSession } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { whenAborted } from '../interrupt.ts';
import { flagOption, type Invocation, textOption } from '../invocation.ts';
import { parseTime } from '../numbers.ts';
import { eventLine, messageLine } from '../output/json-lines.ts';
import type { JsonLine } from '../output/schemas.ts';
import { Progress } from '../progress.ts';
import { flushQueued } from '../rounds.ts';

/** `receive`: sends what is queued, fetches, prints each message once and only after it is stored. */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  const sinceText = textOption(invocation.options, 'since');
  const since = sinceText === undefined ? null : parseTime(sinceText, '--since');
  const printing: Printing = { since, printed: new Set() };
  return withSession(context, async (session) => {
    const events: JsonLine[] = [];
    const progress = new Progress(context, 'restore');
    const unsubscribe = session.onEvent((event) => {
      if (event.event === 'progress') progress.report(event.done, event.total);
      const line = eventLine(event);
      if (line !== null) events.push(line);
    });
    const printEvents = async (): Promise<void> => {
      await progress.end();
      const names = namesOf(session);
      for (const line of events.splice(0)) await context.printer.print(line, names);
    };
    try {
      return flagOption(invocation.options, 'follow')
        ? await follow(context, session, printing, printEvents)
        : await once(context, session, printing, printEvents);
    } finally {
      unsubscribe();
    }
  });
}

type PrintEvents = () => Promise<void>;

type Printing = {
  /** printed again from then on; null once that is done */
  since: number | null;
  /** IDs of what was printed and is not remembered as shown yet, should the process that serves this one go away */
  readonly printed: Set<string>;
};

async function once(
  context: Context,
  session: Session,
  printing: Printing,
  printEvents: PrintEvents,
): Promise<number> {
  const { signal } = context;
  await flushQueued(session, signal);
  let failure: unknown = null;
  try {
    const { answered } = await session.fetchRound(signal);
    if (answered === 0)
      failure = new NetworkError('node', 'No member of the own swarm answered. Try again later.');
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    failure = error;
  }
  // What earlier commands fetched is printed whether or not the network could be reached now.
  await printFresh(context, session, printing);
  await printEvents();
  if (failure !== null) throw failure;
  return exitCodes.done;
}

async function follow(
  context: Context,
  session: Session,
  printing: Printing,
  printEvents: PrintEvents,
): Promise<number> {
  const { signal, printer } = context;
  let due = Promise.withResolvers<void>();
  let offline = false;
  const unsubscribe = session.onEvent((event: CoreEvent) => {
    // A round is printed as a whole, so that its messages stand in order of their time.
    if (event.event === 'round' || eventLine(event) !== null) due.resolve();
    if (event.event !== 'network') return;
    const isOffline = event.network.phase === 'offline';
    if (isOffline && !offline)
      printer.note(`session-tui: ${event.network.detail || 'The network can’t be reached; trying again.'}`);
    offline = isOffline;
  });
  const aborted = whenAborted(signal);
  try {
    session.ended?.addEventListener('abort', () => due.resolve());
    await printFresh(context, session, printing);
    session.goOnline({ poll: true });
    while (!printer.closed) {
      await Promise.race([due.promise, aborted.promise]);
      due = Promise.withResolvers();
      await printFresh(context, session, printing);
      await printEvents();
    }
    return exitCodes.done;
  } finally {
    aborted.stop();
    unsubscribe();
  }
}

/**
 * Prints what no front end has shown yet, and with `since` everything stored from then on, by sent time. A message
 * counts as shown only once its line has been handed over: what a closed pipe cuts off is printed next time.
 */
async function printFresh(context: Context, session: Session, printing: Printing): Promise<void> {
  const { printer } = context;
  const { since, printed } = printing;
  const names = namesOf(session);
  const fresh = [...(await session.takeFresh())].sort(bySentTime);
  const shown: string[] = [];
  const freshIds = new Set(fresh.map(({ id }) => id));
  try {
    const all = since === null ? fresh : merged(fresh, session.messagesSince(since));
    for await (const message of all) {
      const handedOver = printed.has(message.id) || (await printer.print(messageLine(message), names));
      if (!handedOver) break;
      printed.add(message.id);
      if (freshIds.has(message.id)) shown.push(message.id);
    }
    printing.since = null;
  } finally {
    if (shown.length > 0) await session.acknowledge(shown);
  }
  printed.clear();
}

function bySentTime(a: Message, b: Message): number {
  return a.sentAt - b.sentAt;
}

/** Two sequences by sent time as one, each message once. */
async function* merged(fresh: readonly Message[], stored: AsyncIterable<Message>): AsyncIterable<Message> {
  const waiting = new Map(fresh.map((message) => [message.id, message]));
  for await (const message of stored) {
    for (const [id, earlier] of waiting) {
      if (earlier.sentAt > message.sentAt) break;
      waiting.delete(id);
      if (id !== message.id) yield earlier;
    }
    waiting.delete(message.id);
    yield message;
  }
  yield* waiting.values();
}
