/**
 * What tells a person who is not looking that a message came: a bell, or a notification that the terminal shows on the
 * desktop. Nothing here comes from a message: the terminal, its log and the desktop's history learn only that one came.
 */

export type NotificationWay = 'bell' | 'osc9' | 'osc777' | 'osc99' | 'off';

/** What lies between us and the terminal, and hands on only what is wrapped for it. */
export type Multiplexer = 'tmux' | 'screen' | null;

const title = 'session-tui';
const words = 'New message';

// All end with BEL: inside of what screen hands on, ST would end the wrapping.
const sequences: Readonly<Record<NotificationWay, string>> = {
  bell: '\x07',
  osc9: `\x1b]9;${words}\x07`,
  osc777: `\x1b]777;notify;${title};${words}\x07`,
  osc99: `\x1b]99;;${title}: ${words}\x07`,
  off: '',
};

/** The bytes for it. A bell needs no wrapping: multiplexers have their own use for it. */
export function notificationBytes(way: NotificationWay, multiplexer: Multiplexer): string {
  const bytes = sequences[way];
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
