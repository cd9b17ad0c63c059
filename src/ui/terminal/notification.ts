/**
 * What tells a person who is not looking that a message came: a bell, a notification that the terminal shows on the
 * desktop, a program of the person's own. Unless the person wants more (setting `notification-content`), the terminal,
 * its log and the desktop's history learn only that one came.
 */
import type { OscPayload } from '../../text/osc-payload.ts';

export type NotificationWay = 'bell' | 'osc9' | 'osc777' | 'osc99' | 'off';

/** What lies between us and the terminal, and hands on only what is wrapped for it. */
export type Multiplexer = 'tmux' | 'screen' | null;

/**
 * Runs a program (setting `notification-command`) for a notification; `cli/notification-command.ts` starts it. Resolves with
 * words for a person if that could not be done. Never rejects.
 */
export type NotificationCommand = (
  command: string,
  text: Readonly<{ title: OscPayload; body: OscPayload }>,
) => Promise<string | null>;

const title = 'session-tui';

// All end with BEL: inside of what screen hands on, ST would end the wrapping.
const sequences: Readonly<Record<NotificationWay, (words: OscPayload) => string>> = {
  bell: () => '\x07',
  osc9: (words) => `\x1b]9;${words}\x07`,
  osc777: (words) => `\x1b]777;notify;${title};${words}\x07`,
  osc99: (words) => `\x1b]99;;${title}: ${words}\x07`,
  off: () => '',
};

/** The bytes for it. A bell needs no wrapping: multiplexers have their own use for it. */
export function notificationBytes(way: NotificationWay, words: OscPayload, multiplexer: Multiplexer): string {
  const bytes = sequences[way](words);
  return way === 'bell' || way === 'off' ? bytes : throughMultiplexer(bytes, multiplexer);
}

/** Wraps a sequence so that it reaches the terminal behind tmux (`allow-passthrough on`) or screen. */
export function throughMultiplexer(sequence: string, multiplexer: Multiplexer): string {
  if (multiplexer === 'tmux') return `\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\`;
  return multiplexer === 'screen' ? `\x1bP${sequence}\x1b\\` : sequence;
}

/**
 * From the environment. Over SSH only `TERM` comes along, and `screen…` may be either: nothing is wrapped then, since
 * the one would show what is meant for the other.
 */
export function multiplexerOf(env: Readonly<Record<string, string | undefined>>): Multiplexer {
  const { TMUX = '', STY = '', TERM = '' } = env;
  if (TMUX !== '' || TERM.startsWith('tmux')) return 'tmux';
  return STY !== '' ? 'screen' : null;
}
