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
  { name: 'cursor or synchronised output', pattern: /\x1b\[\?(?:25|2026)[hl]/y },
];

/** Taking the terminal, and giving it back. */
const enter = '\x1b[?1049h\x1b[?2004h\x1b[?7l\x1b[?2026$p';
const leave = '\x1b[?2026l\x1b[0m\x1b[r\x1b[H\x1b[2J\x1b[?1049l\x1b[?2004l\x1b[?7h\x1b[?25h';

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
