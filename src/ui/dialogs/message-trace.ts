/** What happened with a message, step by step and in words; dialogs and linear output lay it out. Pure. */
import { clockWords } from '../../core/index.ts';
import type { Hop, Message, MessageTrace, SwarmTrace } from '../../core/types.ts';
import { joinSafe, type SafeText, safe, sanitizeName, sanitizeText } from '../../text/sanitize.ts';

export type TraceStep = Readonly<{
  /** ms; null: at no time that is known */
  at: number | null;
  words: SafeText;
  tone: 'plain' | 'dim' | 'good' | 'warning' | 'error';
}>;

/** The steps in the order in which they happen, whatever the clocks say. `own`: one's own account ID; `now`: ms. */
export function traceSteps(message: Message, trace: MessageTrace, own: string, now: number): TraceStep[] {
  const steps =
    message.direction === 'out' ? sentSteps(message, trace, own, now) : receivedSteps(message, trace);
  steps.push(...endSteps(message, trace, own, now));
  const clock = clockWords(trace.clockOffsetMs);
  if (clock !== null)
    steps.push(
      step(null, `This machine’s clock is ${clock}, and so are the times by it. Set it.`, 'warning'),
    );
  return steps;
}

function step(at: number | null, words: string | SafeText, tone: TraceStep['tone'] = 'plain'): TraceStep {
  return { at, words: sanitizeText(words), tone };
}

function sentSteps(message: Message, trace: MessageTrace, own: string, now: number): TraceStep[] {
  const { swarm, copy, failures, lastFailure, nextAttemptAt } = trace;
  const { status } = message;
  const steps: TraceStep[] = [];
  const isElsewhere = trace.fetchedAt !== null;
  if (isElsewhere) steps.push(step(message.sentAt, 'Written on another device of yours'));
  else steps.push(step(message.receivedAt, 'Written here, encrypted and queued'));
  const times = failures === 1 ? 'One attempt' : `${failures} attempts`;
  if (lastFailure !== null && failures > 0) {
    const last = failures === 1 ? 'failed' : 'failed, the last one';
    steps.push(step(lastFailure.at, `${times} ${last}: ${lastFailure.reason}`, 'warning'));
    if (lastFailure.remedy !== null && swarm === null)
      steps.push(step(null, `What to do: ${lastFailure.remedy}`, 'warning'));
  } else if (failures > 0) steps.push(step(null, `${times} failed before`, 'dim'));
  if (status === 'failed')
    steps.push(step(null, 'Given up: it is not tried again by itself, but can be sent again', 'error'));
  else if (status === 'queued' && nextAttemptAt !== null && nextAttemptAt > now)
    steps.push(step(nextAttemptAt, 'Tried again then', 'dim'));
  else if (status === 'queued') steps.push(step(null, 'Being sent, or next after those before it', 'dim'));
  const isNote = message.conversation === own;
  if (swarm !== null) {
    steps.push(...wayOf(swarm));
    const where = isNote ? 'your own swarm, for your other devices' : 'the recipient’s swarm';
    steps.push(step(swarm.storedAt, `Stored by ${where}`, 'good'));
    steps.push(...hashOf(swarm));
  } else if ((status === 'sent' || status === 'read') && !isElsewhere)
    steps.push(step(null, isNote ? 'Stored by your own swarm' : 'Stored by the recipient’s swarm', 'good'));
  if (copy === 'waiting') steps.push(step(null, 'The copy for your other devices waits for its turn', 'dim'));
  else if (copy !== null) {
    steps.push(step(copy.storedAt, 'Copy for your other devices stored by your own swarm', 'good'));
    steps.push(...hashOf(copy));
  }
  if (isElsewhere) steps.push(step(trace.fetchedAt, 'That copy fetched by this device'));
  if (trace.isRead) steps.push(step(trace.readAt, 'Read by them, as their device says', 'good'));
  return steps;
}

function receivedSteps(message: Message, { swarm, fetchedAt, isRead, readAt }: MessageTrace): TraceStep[] {
  const steps = [step(message.sentAt, 'Written, by the sender’s clock')];
  if (swarm !== null) steps.push(step(swarm.storedAt, 'Stored by your swarm'), ...hashOf(swarm));
  steps.push(step(fetchedAt, 'Fetched by this device, decrypted and checked', 'good'));
  steps.push(
    isRead ? step(readAt, readAt === null ? 'Read' : 'Read here') : step(null, 'Not read yet', 'dim'),
  );
  return steps;
}

/** Until when the swarm keeps it. */
function endSteps(message: Message, { swarm }: MessageTrace, own: string, now: number): TraceStep[] {
  const steps: TraceStep[] = [];
  const { direction, conversation } = message;
  const whose = direction === 'out' && conversation !== own ? 'The recipient’s swarm' : 'Your swarm';
  const keptUntil = swarm?.keptUntil ?? null;
  if (keptUntil !== null)
    steps.push(
      keptUntil > now
        ? step(keptUntil, `${whose} keeps it until then`, 'dim')
        : step(keptUntil, `${whose} let it go`, 'dim'),
    );
  return steps;
}

const hopNames = ['guard', 'middle', 'exit'];

/** Through whom it went. */
function wayOf({ path, node }: SwarmTrace): TraceStep[] {
  if (path === null)
    return [step(null, 'Sent by an earlier run of this program: the path it took is kept nowhere', 'dim')];
  const hops = path.map((hop, index) => joinSafe([safe(hopNames[index] ?? 'hop'), ipOf(hop)], safe(' ')));
  const end = node === null ? [] : [joinSafe([safe('swarm node'), ipOf(node)], safe(' '))];
  const way = joinSafe([...hops, ...end], safe(' → '));
  return [step(null, joinSafe([safe('Sent through'), way], safe(' ')))];
}

function ipOf({ ip }: Hop): SafeText {
  return sanitizeName(ip);
}

function hashOf({ hash }: SwarmTrace): TraceStep[] {
  return hash === null ? [] : [step(null, `There it is called ${hash}`, 'dim')];
}
