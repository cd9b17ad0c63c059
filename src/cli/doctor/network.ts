/** Proxy, network, clock and one's own swarm. Every connection is made by core, as for any other command. */
import type { NetworkProbe, NetworkView, Session } from '../../core/index.ts';
import { NetworkError } from '../../errors.ts';
import type { Context } from '../context.ts';
import { localTime } from '../output/human.ts';
import { flushQueued } from '../rounds.ts';
import { type Finding, ok, problem, warning } from './findings.ts';

/** Longer than all the tries of one connection take when nothing answers, and no longer than a person waits. */
const limitMs = 90_000;
/** A clock this far off is worth a word; beyond the second limit others see messages in the wrong order. */
const clockLimitsMs = { warning: 30_000, problem: 3_600_000 };

/** Checks one after the other, and gives each finding as it comes. `session` is null where there is no account. */
export async function* checkNetwork(
  context: Context,
  probe: NetworkProbe,
  session: Session | null,
): AsyncGenerator<Finding> {
  const proxy = await checkProxy(context, probe);
  yield proxy;
  if (proxy.level === 'problem') {
    yield problem('network', 'Not tried: without the proxy nothing is.');
    return;
  }
  const network = await checkPaths(context, session ?? probe, () => viewOf(probe, session));
  yield network;
  if (network.level !== 'ok') return;
  yield checkClock(viewOf(probe, session).clockOffsetMs);
  if (session !== null) yield await checkSwarm(context, session);
}

function viewOf(probe: NetworkProbe, session: Session | null): NetworkView {
  return session === null ? probe.view() : session.getState().network;
}

async function checkProxy(context: Context, probe: NetworkProbe): Promise<Finding> {
  if (context.settings.proxy === null) {
    return ok('proxy', 'None: seed and guard nodes see this machine’s address. --tor or --proxy hides it.');
  }
  try {
    await limited(context, (signal) => probe.checkProxy(signal));
  } catch (error) {
    return problem('proxy', error);
  }
  const { proxy, proxySource } = probe.view();
  return ok('proxy', `${proxy ?? 'It'} answers as a SOCKS5 proxy (named by ${proxySource ?? '--proxy'}).`);
}

async function checkPaths(
  context: Context,
  network: Pick<NetworkProbe, 'connect'>,
  view: () => NetworkView,
): Promise<Finding> {
  try {
    await limited(context, (signal) => network.connect(signal));
  } catch (error) {
    return problem('network', error);
  }
  const { nodes, nodeListAt, paths } = view();
  const hops = paths[0]?.hops.map(({ ip }) => ip).join(' → ') ?? '';
  return ok(
    'network',
    `${nodes} service nodes, list of ${localTime(nodeListAt)}; a path stands${hops === '' ? '' : `: ${hops}`}.`,
  );
}

function checkClock(offsetMs: number | null): Finding {
  if (offsetMs === null) return warning('clock', 'Not compared: no service node told its time.');
  const off = Math.abs(offsetMs);
  const seconds = Math.round(off / 1000);
  const amount =
    seconds < 120
      ? `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`
      : off < 7_200_000
        ? `${Math.round(off / 60_000)} minutes`
        : `${Math.round(off / 3_600_000)} hours`;
  const words = `${amount} ${offsetMs > 0 ? 'behind' : 'ahead of'} the network’s`;
  if (off < clockLimitsMs.warning)
    return ok('clock', seconds === 0 ? 'Agrees with the network’s.' : `${words}.`);
  const mend = 'The program corrects for that; set the clock all the same (NTP), other programs do not.';
  return off < clockLimitsMs.problem
    ? warning('clock', `This machine’s clock is ${words}. ${mend}`)
    : problem('clock', `This machine’s clock is ${words}. ${mend}`);
}

async function checkSwarm(context: Context, session: Session): Promise<Finding> {
  try {
    const { answered } = await limited(context, async (signal) => {
      await flushQueued(session, signal);
      return await session.fetchRound(signal);
    });
    return ok('swarm', `${answered} ${answered === 1 ? 'member' : 'members'} of your own swarm answered.`);
  } catch (error) {
    return problem('swarm', error);
  }
}

/** Ends with a NetworkError when the time is over, with the interruption's reason when there is one. */
async function limited<T>(context: Context, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const over = new AbortController();
  const cancel = context.platform.clock.after(limitMs, () =>
    over.abort(
      new NetworkError('timeout', `Nothing came of it within ${limitMs / 1000} seconds. Try again later.`),
    ),
  );
  try {
    return await work(AbortSignal.any([context.signal, over.signal]));
  } finally {
    cancel();
  }
}
