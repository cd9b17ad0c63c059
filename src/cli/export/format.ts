/** What the formats of `messages --export` have in common. */
import { type SafeText, sanitizeName } from '../../text/sanitize.ts';
import type { LineOf } from '../output/schemas.ts';

/** A message, or a line of the conversation that nobody wrote. */
export type ExportedLine = LineOf<'message'> | LineOf<'notice'>;

/** Whose conversation it is and who is who. Names are foreign. */
export type ExportInfo = Readonly<{
  conversation: string;
  title: string;
  /** ms since 1970 */
  madeAt: number;
  /** the name behind an ID; null where there is none */
  nameOf: (id: string) => string | null;
}>;

/** All that is foreign comes out escaped: it can be neither structure nor a link nor a program in the file. */
export type ExportFormat = Readonly<{
  head(info: ExportInfo): string;
  message(message: ExportedLine, info: ExportInfo): string;
  foot(): string;
}>;

/** `Alice (05ab…cdef)`: the end of the ID is always there, because names can be chosen to mislead. */
export function authorOf(id: string, info: ExportInfo): Readonly<{ name: SafeText; id: string }> {
  const short = id.length > 16 ? `${id.slice(0, 4)}…${id.slice(-4)}` : id;
  return { name: sanitizeName(info.nameOf(id) ?? ''), id: sanitizeName(short) };
}

/** `2026-11-23T10:00:05.123Z`; a time that no calendar has as the number it is. */
export function isoTime(time: number): string {
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : String(time);
}
