/**
 * A parser of exactly what the UI may write to a terminal. Whatever it does not take came from somewhere else, most
 * likely from a stranger's text.
 */

const rules: readonly Readonly<{ name: string; pattern: RegExp }>[] = [
  // No control character, no lone surrogate, no bidi control that could reach beyond its cell.
  { name: 'text', pattern: /(?:[\x20-\x7e\xa0-\ud7ff\ue000-\uffff]|[\ud800-\udbff][\udc00-\udfff])+/y },
  { name: 'back or return', pattern: /[\b\r]/y },
  { name: 'relative move', pattern: /\x1b\[(?:[1-9]\d{0,3})?[ABCD]/y },
  { name: 'column', pattern: /\x1b\[[1-9]\d{0,3}G/y },
  { name: 'place', pattern: /\x1b\[(?:[1-9]\d{0,3}(?:;[1-9]\d{0,3})?)?H/y },
  { name: 'clear the screen before a whole frame', pattern: /\x1b\[m\x1b\[2J/y },
  { name: 'look', pattern: /\x1b\[(?:\d{1,3}(?:;\d{1,3})*)?m/y },
  { name: 'erase to the end of the row', pattern: /\x1b\[K/y },
  {
    name: 'scroll between margins',
    pattern:
      /\x1b\[[1-9]\d{0,3};[1-9]\d{0,3}r(?:\x1b\[[1-9]\d{0,3}H|\x1b\[(?:[1-9]\d{0,3})?B)?\x1b\[(?:[1-9]\d{0,3})?[LM]\x1b\[r/y,
  },
  { name: 'reports of the mouse', pattern: /\x1b\[\?1000h\x1b\[\?1006h|\x1b\[\?1006l\x1b\[\?1000l/y },
  {
    name: 'title of the window, kept and put back',
    pattern: /\x1b\[22;2t|\x1b\[23;2t|\x1b\]2;(?:session-tui(?: \(\d{1,4}\))?)?\x1b\\/y,
  },
  { name: 'is it there', pattern: /\x1b\[5n/y },
  { name: 'cursor or synchronised output', pattern: /\x1b\[\?(?:25|2026)[hl]/y },
];

/** Taking the terminal, and giving it back. */
const enter = '\x1b[?1049h\x1b[?2004h\x1b[?1004h\x1b[?7l\x1b[?2026$p\x1b]11;?\x1b\\';
const leave = '\x1b[?2026l\x1b[0m\x1b[r\x1b[H\x1b[2J\x1b[?1049l\x1b[?2004l\x1b[?1004l\x1b[?7h\x1b[?25h';

/** Words of ours, then perhaps a name and a text, in which nothing ends a sequence or begins a field. */
const words = 'New message(?:s: \\d+)?(?: [^\\x00-\\x1f\\x7f-\\x9f;]{1,230})?';
const desktop = `\\](?:9;|777;notify;session-tui;|99;;session-tui: )${words}\\x07`;
/** These sequences and no others, as they are, or wrapped for tmux or screen. */
const notification = new RegExp(
  `\\x07|\\x1b${desktop}|\\x1bPtmux;\\x1b\\x1b${desktop}\\x1b\\\\|\\x1bP\\x1b${desktop}\\x1b\\\\`,
  'g',
);

/**
 * The notifications in an output, and the rest of it, which must be within the grammar. Only tests in which they are
 * meant to come may take them out: elsewhere a bell is somebody else's.
 */
export function splitNotifications(output: string): Readonly<{ notifications: string[]; rest: string }> {
  return { notifications: output.match(notification) ?? [], rest: output.replace(notification, '') };
}

/** What of a frame, or of several, is outside of the grammar; null: nothing. */
export function outsideGrammar(output: string): string | null {
  let at = 0;
  while (at < output.length) {
    let next = at;
    for (const { pattern } of rules) {
      pattern.lastIndex = at;
      if (pattern.test(output)) {
        next = pattern.lastIndex;
        break;
      }
    }
    if (next === at) return output.slice(at, at + 40);
    at = next;
  }
  return null;
}

/** The same for everything a running UI wrote, from taking the terminal on. */
export function outsideSession(output: string): string | null {
  if (!output.startsWith(enter)) return output.slice(0, 40);
  const frames = output.slice(enter.length);
  return outsideGrammar(frames.endsWith(leave) ? frames.slice(0, -leave.length) : frames);
}
