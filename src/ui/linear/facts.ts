/** What the chat UI shows in dialogs, as lines: a message, the network, the account, the settings. Pure. */
import type { Conversation, Message, MessageTrace, SessionState, Setting } from '../../core/types.ts';
import { escapeHidden, escapeOf, hiddenIn } from '../../text/hidden.ts';
import { findLinks, linkParts } from '../../text/links.ts';
import { joinSafe, type SafeText, safe, sanitizeName, sanitizeText } from '../../text/sanitize.ts';
import { endWords, messageStates, reactionWords } from '../dialogs/message-info.ts';
import { traceSteps } from '../dialogs/message-trace.ts';
import { codePointCount } from '../input/text-buffer.ts';
import type { CommandResult } from '../terminal/command-runner.ts';
import { part } from '../text/cells.ts';
import { clockTime, clockTimeSeconds, dayKey, dayLabel } from '../text/dates.ts';
import { flat, isolated, joined, networkWords, senderOf } from './words.ts';

function timeOf(at: number): SafeText {
  return joinSafe([dayLabel(at), clockTime(at)], safe(' '));
}

/** What happened with one message, and all else that is known about it. `own`: one's own account ID. */
export function infoLines(
  message: Message,
  number: number,
  conversation: Conversation | undefined,
  { trace, own, now }: Readonly<{ trace: MessageTrace; own: string; now: number }>,
): SafeText[] {
  const lines: SafeText[] = [safe(`Message #${number}`)];
  const say = (label: string, value: SafeText) => lines.push(joined(safe(`${label}: `), value));
  say('From', senderOf(message, conversation));
  say('Account ID', sanitizeName(message.from));
  let day: number | null = null;
  for (const { at, words } of traceSteps(message, trace, own, now)) {
    // The day is said where it changes.
    const when =
      at === null
        ? null
        : dayKey(at) === day
          ? clockTimeSeconds(at)
          : joinSafe([dayLabel(at), clockTimeSeconds(at)], safe(' '));
    if (at !== null) day = dayKey(at);
    lines.push(when === null ? flat(words) : joined(when, safe(', '), flat(words)));
  }
  const end = endWords(message, now);
  if (end !== null) say('Disappears', end);
  say('State', safe(messageStates[message.status]));
  if (message.quote !== undefined) say('Answers a message of', timeOf(message.quote.sentAt));
  for (const { emoji, from } of message.reactions ?? [])
    say('Reaction', isolated(reactionWords(emoji, from, conversation, own)));
  say('Characters', safe(String(codePointCount(message.body))));
  const hidden = hiddenIn(message.body).reduce((sum, { count }) => sum + count, 0);
  if (hidden > 0) say('Hidden characters', safe(`${hidden}; /hidden ${number} writes them out`));
  for (const { name } of message.attachments) say('Attachment', isolated(sanitizeName(name)));
  say('Namespace', safe(String(trace.namespace)));
  say('Message ID', sanitizeName(message.id));
  return lines;
}

const maxOutputLines = 400;
const guardWords = { testing: 'is being tested.', troubled: 'does not answer well.' } as const;
const hopNames = ['guard', 'middle', 'exit'];

/** The path in use hop by hop, the proxy, the node list, what waits and what was skipped. */
export function networkLines({ network, queued, skipped }: SessionState): SafeText[] {
  const lines: SafeText[] = [networkWords(network)];
  const say = (...pieces: readonly SafeText[]) => lines.push(joinSafe(pieces, safe(' ')));
  const path = network.paths[0];
  if (path === undefined) say(safe('No path stands. One is built when something is sent or fetched.'));
  else {
    say(safe('Path in use: you, guard, middle, exit, then the recipient’s swarm.'));
    for (const [index, hop] of path.hops.entries())
      say(safe(`${hopNames[index] ?? `hop ${index + 1}`}:`), sanitizeName(`${hop.ip}:${hop.port}`));
  }
  for (const [index, guard] of network.guards.entries())
    if (guard.state !== 'good')
      say(safe(`Guard ${index + 1}:`), sanitizeName(guard.ip), safe(guardWords[guard.state]));
  if (network.proxy === null) say(safe('Proxy: none; the guard node sees this machine’s address.'));
  else {
    const source = network.proxySource === 'ALL_PROXY' ? [safe('(from ALL_PROXY)')] : [];
    say(safe('Proxy:'), sanitizeName(network.proxy), ...source);
  }
  if (network.nodes > 0)
    say(safe(`${network.nodes} service nodes known, listed`), timeOf(network.nodeListAt));
  if (queued > 0) say(safe(`${queued} ${queued === 1 ? 'message waits' : 'messages wait'} to go out.`));
  const bad = Object.entries(skipped).filter(([, count]) => count > 0);
  if (bad.length > 0)
    say(
      safe('Skipped as unreadable:'),
      sanitizeName(bad.map(([code, count]) => `${count} ${code}`).join(', ')),
    );
  return lines;
}

/** One's own account ID, whole, to be given to others. */
export function accountLines({ account, unprotected }: SessionState): SafeText[] {
  const name = sanitizeName(account.name);
  const lines = [
    name === ''
      ? safe('You have no display name; others see Anonymous.')
      : joined(safe('Display name: '), isolated(name)),
    safe('Your Account ID. Give it to people who should write to you; it is no secret. /qr draws it.'),
    sanitizeName(account.accountId),
    joined(safe('Profile: '), sanitizeName(account.profile)),
  ];
  if (unprotected)
    lines.push(safe('No password: whoever can read this profile’s folder can read the messages.'));
  return lines;
}

/** `theme: auto. The colours of …` */
export function settingLine({ key, value, description }: Setting): SafeText {
  const shown = sanitizeName(String(value));
  return joined(
    safe(`${key}: `),
    shown === '' ? safe('(empty)') : isolated(shown),
    safe(` (${description})`),
  );
}

/** One setting with what it can be. */
export function settingLines(setting: Setting): SafeText[] {
  return [settingLine(setting), sanitizeText(`It can be ${setting.allowed}.`)];
}

/** Each link as it would be opened, with its host, and what is to be said about it. */
export function linkLines({ body }: Message): SafeText[] {
  const links = [...new Set(findLinks(sanitizeText(body)).map(({ url }) => url))];
  if (links.length === 0) return [safe('That message has no link (http, https or mailto).')];
  return links.flatMap((url) => [
    sanitizeText(url),
    ...linkParts(url).warnings.map((words) => joined(safe('  '), flat(words))),
  ]);
}

/** What of a message nobody sees, and the message with all of it written out. */
export function hiddenLines({ body }: Message): SafeText[] {
  const found = hiddenIn(body);
  if (found.length === 0) return [safe('Nothing is hidden in that message.')];
  return [
    ...found.map(({ code, name, count }) => flat(`${count} of ${escapeOf(code)}, ${name}`)),
    ...escapeHidden(body)
      .split('\n')
      .map((line) => joined(safe('  | '), part(line))),
  ];
}

/** What a command wrote, and how it ended. */
export function outputOf({
  stdout,
  stderr,
  code,
  how,
}: Extract<CommandResult, { kind: 'ended' }>): SafeText[] {
  const lines = sanitizeText(`${stdout}${stderr}`.replace(/\n$/, '')).split('\n').slice(0, maxOutputLines);
  const end = how === 'exited' ? `It ended with exit code ${code ?? 'unknown'}.` : `It was ended: ${how}.`;
  const shown = lines.length === 1 && lines[0] === '' ? [] : lines;
  return [...shown.map((line) => joined(safe('  | '), part(line))), safe(end)];
}
