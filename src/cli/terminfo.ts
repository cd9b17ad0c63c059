/** Whether a terminal can place its cursor, by its entry in the system's terminfo database. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** Place of `cursor_address` among the strings of an entry (term.h). */
const cursorAddress = 10;
/** The 16-bit format, and that with 32-bit numbers. */
const magics: Readonly<Record<number, number>> = { 282: 2, 542: 4 };
const headerLength = 12;

/** False for a terminal that is known to have no cursor addressing, such as `dumb`. One that nobody knows may have it. */
export function placesCursor(env: Env): boolean {
  const { TERM: term = '' } = env;
  if (term === 'dumb' || term === 'unknown') return false;
  // Not a file name, or nothing at all, as on Windows.
  if (!/^[A-Za-z0-9][\w.+-]{0,127}$/.test(term)) return true;
  for (const folder of folders(env)) {
    for (const part of [term.charAt(0), term.charCodeAt(0).toString(16)]) {
      const answer = readEntry(join(folder, part, term));
      if (answer !== null) return answer;
    }
  }
  return true;
}

function folders({ TERMINFO, TERMINFO_DIRS }: Env): string[] {
  const more = (TERMINFO_DIRS ?? '').split(':');
  const system = ['/etc/terminfo', '/lib/terminfo', '/usr/share/terminfo', '/usr/lib/terminfo'];
  return [TERMINFO ?? '', join(homedir(), '.terminfo'), ...more, ...system].filter((one) => one !== '');
}

function readEntry(path: string): boolean | null {
  try {
    return hasCursorAddress(readFileSync(path));
  } catch {
    return null;
  }
}

/** What a compiled entry says (term(5)); null if it is none. */
export function hasCursorAddress(entry: Uint8Array): boolean | null {
  if (entry.length < headerLength) return null;
  const view = new DataView(entry.buffer, entry.byteOffset, entry.byteLength);
  const [magic = 0, names = 0, booleans = 0, numbers = 0, strings = 0] = [0, 2, 4, 6, 8].map((at) =>
    view.getInt16(at, true),
  );
  const numberSize = magics[magic];
  if (numberSize === undefined || names < 0 || booleans < 0 || numbers < 0) return null;
  if (strings <= cursorAddress) return false;
  // Numbers begin at an even byte.
  const flags = names + booleans;
  const at = headerLength + flags + (flags % 2) + numbers * numberSize + cursorAddress * 2;
  return at + 2 > entry.length ? null : view.getInt16(at, true) >= 0;
}
