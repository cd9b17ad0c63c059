/** Times as the screen shows them, in the machine's time zone. */
import { type SafeText, safe } from '../../text/sanitize.ts';

export const weekdayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
export const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** `09:05` of a time in ms since 1970; `--:--` for a time no calendar has. */
export function clockTime(at: number): SafeText {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return safe('--:--');
  return safe(`${two(date.getHours())}:${two(date.getMinutes())}`);
}

/** `09:05:12` */
export function clockTimeSeconds(at: number): SafeText {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return safe('--:--:--');
  return safe(`${clockTime(at)}:${two(date.getSeconds())}`);
}

/** `Tuesday 24 November 2026` */
export function dayLabel(at: number): SafeText {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return safe('unknown day');
  const weekday = weekdayNames[date.getDay()] ?? '';
  return safe(`${weekday} ${date.getDate()} ${monthNames[date.getMonth()] ?? ''} ${date.getFullYear()}`);
}

/** `24 Nov 2026` */
export function shortDay(at: number): SafeText {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return safe('unknown day');
  const month = (monthNames[date.getMonth()] ?? '').slice(0, 3);
  return safe(`${date.getDate()} ${month} ${date.getFullYear()}`);
}

/** Equal for two times on the same local day. */
export function dayKey(at: number): number {
  const date = new Date(at);
  return date.getFullYear() * 10_000 + date.getMonth() * 100 + date.getDate();
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
