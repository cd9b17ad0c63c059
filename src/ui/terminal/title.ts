/** The title of the terminal's window, and how it gets back the one it had. */
import type { Multiplexer } from './notification.ts';

/** Puts the window's title aside, and back. */
const keep = '\x1b[22;2t';
const restore = '\x1b[23;2t';

/** Our title from now on. `title` is text of our own: letters, digits, brackets. */
export function titleBytes(title: string): string {
  return `\x1b]2;${title}\x1b\\`;
}

/** Before the first title. screen keeps none, and says nothing to the question. */
export function keepTitleBytes(multiplexer: Multiplexer): string {
  return multiplexer === 'screen' ? '' : keep;
}

/** After the last one: the title that was there before; in screen none, which is its default. */
export function restoreTitleBytes(multiplexer: Multiplexer): string {
  return multiplexer === 'screen' ? titleBytes('') : restore;
}
