/** Numbers and times in option values. */
import { UsageError } from '../errors.ts';

/** A whole number from `min` to `max`, or `fallback` where nothing was given. */
export function wholeNumber(
  text: string | undefined,
  option: string,
  { min, max, fallback }: Readonly<{ min: number; max: number; fallback: number }>,
): number {
  if (text === undefined) return fallback;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw new UsageError('usage', `${option} is a whole number from ${min} to ${max}.`);
  }
  return value;
}

/** Seconds, fractions allowed, as milliseconds; at most a day. */
export function secondsToMs(text: string | undefined, option: string, fallbackSec: number): number {
  if (text === undefined) return fallbackSec * 1000;
  const value = /^\d{1,5}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= 86_400)) throw new UsageError('usage', `${option} is a number of seconds, at most 86400.`);
  return Math.round(value * 1000);
}

const isoTime = /^\d{4}-\d{2}(-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?\s?(Z|[+-]\d{2}:?\d{2})?)?)?$/i;

/** A time as ISO 8601 (local time where no zone is given, midnight UTC for a bare date) or in ms since 1970. */
export function parseTime(text: string, option: string): number {
  if (/^\d{5,16}$/.test(text)) return Number(text);
  const time = isoTime.test(text) ? Date.parse(text.replace(' ', 'T').replace(/\s/g, '')) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new UsageError(
      'usage',
      `${option} is a time such as 2026-11-23T10:00:00Z, or milliseconds since 1970.`,
    );
  }
  return time;
}

const unitsMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `90s`, `30m`, `8h`, `7d` or `2w` in ms: at least a second, at most 520 weeks. */
export function parseDuration(text: string, option: string): number {
  const [, amount = '', unit = ''] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
  const ms = Number(amount) * (unitsMs[unit] ?? Number.NaN);
  if (!(ms >= 1000 && ms <= 520 * 604_800_000)) {
    throw new UsageError('usage', `${option} is a time such as 90s, 30m, 8h, 7d or 2w, at most 520w.`);
  }
  return ms;
}
