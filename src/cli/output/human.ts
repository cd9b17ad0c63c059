/** What a person reads instead of JSON lines. Everything foreign passes the sanitiser here. */

import { expiryWords } from '../../text/notice-words.ts';
import {
  hasVisible,
  joinSafe,
  type SafeText,
  safe,
  sanitizeName,
  sanitizeText,
} from '../../text/sanitize.ts';
import type { JsonLine, LineOf } from './schemas.ts';

/** The name to show for an ID: the contact's, or null where there is none. Foreign. */
export type NameOf = (id: string) => string | null;

const newline = safe('\n');
const hopNames = ['guard', 'middle', 'exit'] as const;

/** The text for a line, without its last newline; null where a person needs none. */
export function formatHuman(line: JsonLine, nameOf: NameOf): SafeText | null {
  switch (line.event) {
    case 'account':
      return lines(line.accountId, sanitizeName(line.name));
    case 'profile':
      return sanitizeName(line.name);
    case 'message':
      return formatMessage(line, nameOf);
    case 'sent':
      return safe(`sent ${line.id}`);
    case 'conversation':
      return formatConversation(line);
    case 'contact':
      return formatContact(line);
    case 'network':
      return formatNetwork(line);
    case 'check':
      return sanitizeText(`${line.level.padEnd(7)}  ${line.name.padEnd(8)}  ${line.message}`);
    case 'setting':
      return sanitizeText(`${line.key.padEnd(9)}  ${sanitizeName(String(line.value))}`.trimEnd());
    case 'notice':
      return formatNotice(line, nameOf);
    case 'reaction':
      return lines(
        `* ${oneOf(line.from, line.conversation, nameOf)} ${line.removed ? 'took off' : 'reacted with'} ${line.emoji}: ${line.id}`,
      );
    case 'receipt':
      return lines(`* ${whoIs(line.conversation, nameOf)} has read ${line.id}`);
    case 'typing':
      return line.typing ? lines(`* ${whoIs(line.from, nameOf)} is typing`) : null;
    case 'deleted':
      return lines(`* deleted: ${line.id}${line.reason === 'expired' ? ' (its time was over)' : ''}`);
    // Told on standard error.
    case 'progress':
    case 'queued':
    case 'error':
    // Always a JSON line (`Printer.machine`).
    case 'ready':
      return null;
  }
}

function formatNotice(notice: LineOf<'notice'>, nameOf: NameOf): SafeText {
  if (notice.from === undefined) return sanitizeText(`* ${notice.message}`);
  const head = notice.timestamp === undefined ? '*' : localTime(notice.timestamp);
  return lines(
    `${head}  ${oneOf(notice.from, notice.conversation, nameOf)} ${notice.message}  ${notice.id ?? ''}`.trimEnd(),
  );
}

function formatMessage(message: LineOf<'message'>, nameOf: NameOf): SafeText {
  const from = message.direction === 'out' ? safe('me') : whoIs(message.from, nameOf);
  const to = message.direction === 'out' ? ` to ${whoIs(message.conversation, nameOf)}` : '';
  const marks = [
    message.direction === 'out' && message.status !== 'sent' ? message.status : '',
    message.request === true ? 'message request' : '',
  ].filter((mark) => mark !== '');
  const head = `${localTime(message.timestamp)}  ${from}${to}  ${message.id}${marks.length > 0 ? `  (${marks.join(', ')})` : ''}`;
  const files = message.attachments.map((file) => `  [file: ${sanitizeName(file.name)}]`);
  const reactions = message.reactions?.map(({ emoji, from }) => `${emoji} ${from.length}`).join('  ') ?? '';
  return lines(head, ...bodyRows(message.body), ...files, reactions === '' ? '' : `  ${reactions}`);
}

function bodyRows(body: string): string[] {
  if (body === '') return [];
  const text = sanitizeText(body);
  const shown = hasVisible(text) ? text : '[no visible characters]';
  return shown.split('\n').map((row) => `  ${row}`);
}

const lookAlikeWords = {
  another: 'the name looks like that of another contact',
  own: 'the name looks like your own',
  mixed: 'the name mixes scripts',
  hidden: 'the name has hidden characters',
  'imitates-mark': 'the name ends as if it were marked',
} as const;

function formatConversation(conversation: LineOf<'conversation'>): SafeText {
  const name = conversation.kind === 'self' ? safe('Note to Self') : sanitizeName(conversation.name);
  const request = conversation.request ? '  (message request)' : '';
  const alike = conversation.lookAlike === undefined ? '' : `  (! ${lookAlikeWords[conversation.lookAlike]})`;
  const timer =
    conversation.expiry === undefined ? '' : `  (messages disappear ${expiryWords(conversation.expiry)})`;
  return lines(
    `${sanitizeName(conversation.id)}  ${conversation.unread} unread  ${name}${alike}${request}${timer}`.trimEnd(),
  );
}

function formatContact(contact: LineOf<'contact'>): SafeText {
  const name = sanitizeName(contact.nickname ?? contact.name);
  const marks = [
    contact.lookAlike === undefined ? '' : `! ${lookAlikeWords[contact.lookAlike]}`,
    contact.removed ? 'removed' : '',
    contact.request ? 'message request' : '',
    contact.approved && !contact.approvedMe ? 'has not accepted yet' : '',
    contact.pinned ? 'pinned' : '',
    contact.mutedUntil === null ? '' : 'muted',
    contact.blocked ? 'blocked' : '',
  ].filter((mark) => mark !== '');
  return lines(
    `${sanitizeName(contact.id)}  ${name}${marks.length > 0 ? `  (${marks.join(', ')})` : ''}`.trimEnd(),
  );
}

function formatNetwork(network: LineOf<'network'>): SafeText {
  const list =
    network.nodes === 0
      ? 'no list of service nodes yet'
      : `${network.nodes} service nodes, list of ${localTime(network.nodeListAt)}`;
  const paths = network.paths.flatMap((path, index) => [
    `path ${index + 1}${index === 0 ? ' (in use)' : ''}`,
    ...path.hops.map(
      (hop, at) => `  ${(hopNames[at] ?? 'hop').padEnd(6)}  ${hop.ip}:${hop.port}  ${hop.ed25519}`,
    ),
  ]);
  const guards = network.guards.map(
    (guard, index) =>
      `guard ${index + 1}  ${guard.ip}:${guard.port}  ${guard.state}${failuresOf(guard.failures)}`,
  );
  return lines(
    `${network.online ? 'online' : 'offline'}; ${list}; ${proxyWords(network)}`,
    sanitizeText(network.detail),
    ...guards,
    ...paths,
  );
}

function failuresOf(count: number): string {
  return count === 0 ? '' : ` (${count} ${count === 1 ? 'failure' : 'failures'})`;
}

function proxyWords({ proxy, proxySource }: LineOf<'network'>): SafeText {
  if (proxy === null) return safe('no proxy');
  return sanitizeText(proxySource === undefined ? `proxy ${proxy}` : `proxy ${proxy} from ${proxySource}`);
}

/** As `whoIs`, of one of the two in a conversation; in it with oneself there is nobody else. */
function oneOf(id: string, conversation: string | null, nameOf: NameOf): SafeText {
  return id === conversation ? whoIs(id, nameOf) : safe('me');
}

/** `Alice (05ab…cdef)`: the end of the ID is always there, because names can be chosen to mislead. */
function whoIs(id: string, nameOf: NameOf): SafeText {
  const name = sanitizeName(nameOf(id) ?? '');
  const short = id.length > 16 ? `${id.slice(0, 4)}…${id.slice(-4)}` : id;
  return safe(name === '' ? short : `${name} (${short})`);
}

/** `2026-11-23 10:00:05` in the time zone of the machine. */
export function localTime(time: number): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return String(time);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Rows, empty ones left out. Each is made safe as a whole: `safe` refuses the isolates that a safe body may hold. */
function lines(...rows: readonly string[]): SafeText {
  return joinSafe(
    rows.filter((row) => row !== '').map((row) => sanitizeText(row)),
    newline,
  );
}
