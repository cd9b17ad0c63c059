/** A day or time as a person types it, in the machine's time zone: `yesterday`, `last tuesday`, `3 days ago`, `24 Nov`. Pure. */
import { monthNames, weekdayNames } from './dates.ts';

const minuteMs = 60_000;
const counts = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const oldest = new Set(['first', 'start', 'beginning', 'oldest', 'the beginning', 'the start']);

type Day = Readonly<{ year: number; month: number; day: number }>;

/** The beginning of what was meant, ms since 1970; null for what means no time, or more than one. `now`: the local clock. */
export function parseTime(text: string, now: number): number | null {
  const words = text
    .toLowerCase()
    .replaceAll(',', ' ')
    .replace(/\b(\d{1,2})(?:st|nd|rd|th)\b/g, '$1')
    .replace(/\b(?:of|the|on)\b/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (words === '') return null;
  if (oldest.has(words)) return 0;
  return parseIso(words) ?? parseAgo(words, now) ?? parseDayAndTime(words, now);
}

/** `2026-11-24t15:30z` and the like: with a time zone it means the same everywhere. */
function parseIso(words: string): number | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)[t ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(z|[+-]\d\d:?\d\d)?$/.exec(
    words,
  );
  if (match === null) return null;
  const [, year, month, day, hour, minute, second = '0', zone] = match;
  const midnight = startOf({ year: Number(year), month: Number(month) - 1, day: Number(day) });
  if (midnight === null || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  if (zone === undefined)
    return new Date(
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
    ).getTime();
  const offset =
    zone === 'z' ? 0 : Number(`${zone[0]}1`) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)));
  const utc = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  return utc - offset * minuteMs;
}

/** `3 days ago`, `a week ago`, `2h ago`: days and longer begin with a day, hours and minutes are counted. */
function parseAgo(words: string, now: number): number | null {
  if (words === 'now') return now;
  const match =
    /^(an?|\d{1,4}|[a-z]+) ?(min(?:ute)?|h(?:our)?|d(?:ay)?|w(?:eek)?|month|y(?:ear)?)s? ago$/.exec(words);
  if (match === null) return null;
  const [, amount = '', unit = ''] = match;
  const named = counts.indexOf(amount);
  const count = /^an?$/.test(amount) ? 1 : named >= 0 ? named : Number(amount);
  if (!Number.isInteger(count)) return null;
  if (unit.startsWith('min')) return now - count * minuteMs;
  if (unit.startsWith('h')) return now - count * 60 * minuteMs;
  const { year, month, day } = dayOf(now);
  if (unit.startsWith('d')) return midnight(year, month, day - count);
  if (unit.startsWith('w')) return midnight(year, month, day - 7 * count);
  const months = unit.startsWith('y') ? 12 * count : count;
  // A month ago on the 31st is the last day of a shorter month.
  const last = new Date(year, month - months + 1, 0).getDate();
  return midnight(year, month - months, Math.min(day, last));
}

function parseDayAndTime(words: string, now: number): number | null {
  const match = /^(.*?)(?:^| )(?:at )?(\d{1,2}):(\d\d) ?(am|pm)?$/.exec(words);
  if (match === null) return parseDay(words, now);
  const [, dayWords = '', hourDigits, minuteDigits, half] = match;
  const from = dayWords.trim() === '' ? parseDay('today', now) : parseDay(dayWords.trim(), now);
  const hour = Number(hourDigits);
  const minute = Number(minuteDigits);
  const isPossible = half === undefined ? hour <= 23 : hour >= 1 && hour <= 12;
  if (from === null || !isPossible || minute > 59) return null;
  const { year, month, day } = dayOf(from);
  const inDay = half === undefined ? hour : (hour % 12) + (half === 'pm' ? 12 : 0);
  return new Date(year, month, day, inDay, minute).getTime();
}

function parseDay(words: string, now: number): number | null {
  const { year, month, day } = dayOf(now);
  if (words === 'today') return midnight(year, month, day);
  if (words === 'yesterday') return midnight(year, month, day - 1);
  if (words === 'day before yesterday') return midnight(year, month, day - 2);
  if (words === 'tomorrow') return midnight(year, month, day + 1);
  return (
    parseSpan(words, now) ?? parseWeekday(words, now) ?? parseNumbers(words, now) ?? parseMonth(words, now)
  );
}

/** `last week`, `this month`, `last year`: from their beginning. */
function parseSpan(words: string, now: number): number | null {
  const match = /^(last|previous|this) (week|month|year)$/.exec(words);
  if (match === null) return null;
  const { year, month, day } = dayOf(now);
  const back = match[1] === 'this' ? 0 : 1;
  if (match[2] === 'year') return midnight(year - back, 0, 1);
  if (match[2] === 'month') return midnight(year, month - back, 1);
  const sinceMonday = (new Date(now).getDay() + 6) % 7;
  return midnight(year, month, day - sinceMonday - 7 * back);
}

/** The last such day: today counts, but not after `last`. */
function parseWeekday(words: string, now: number): number | null {
  const match = /^(?:(last|previous|this|past) )?([a-z]{3,9})$/.exec(words);
  if (match === null) return null;
  const wanted = indexByStart(weekdayNames, match[2] ?? '');
  if (wanted < 0) return null;
  const { year, month, day } = dayOf(now);
  const back = (new Date(now).getDay() - wanted + 7) % 7;
  const isBefore = match[1] !== undefined && match[1] !== 'this';
  return midnight(year, month, day - (back === 0 && isBefore ? 7 : back));
}

/** `2026-11-24`, `2026-11`, `2026`, `24.11.2026`, `24.11.`, `11/24/2026` where it can mean one day only. */
function parseNumbers(words: string, now: number): number | null {
  const iso = /^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?$/.exec(words);
  if (iso !== null)
    return startOf({ year: Number(iso[1]), month: Number(iso[2] ?? 1) - 1, day: Number(iso[3] ?? 1) });
  const dotted = /^(\d{1,2})\. ?(\d{1,2})\.? ?(\d{4})?$/.exec(words);
  if (dotted !== null) return withYear(Number(dotted[2]) - 1, Number(dotted[1]), dotted[3], now);
  const slashed = /^(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}))?$/.exec(words);
  if (slashed === null) return null;
  const [first, second] = [Number(slashed[1]), Number(slashed[2])];
  if (first > 12 || first === second) return withYear(second - 1, first, slashed[3], now);
  return second > 12 ? withYear(first - 1, second, slashed[3], now) : null;
}

/** `november`, `nov 2026`, `24 nov`, `nov 24 2026`: without a year the last one that is not in the future. */
function parseMonth(words: string, now: number): number | null {
  const match = /^(?:(\d{1,2})\.? )?(?:last )?([a-z]{3,9})\.?(?: (\d{1,2}))?(?: (\d{4}))?$/.exec(words);
  if (match === null || (match[1] !== undefined && match[3] !== undefined)) return null;
  const month = indexByStart(monthNames, match[2] ?? '');
  if (month < 0) return null;
  return withYear(month, Number(match[1] ?? match[3] ?? 1), match[4], now);
}

function withYear(month: number, day: number, year: string | undefined, now: number): number | null {
  if (year !== undefined) return startOf({ year: Number(year), month, day });
  const current = dayOf(now).year;
  const here = startOf({ year: current, month, day });
  if (here !== null && here <= now) return here;
  // 29 February: the last year that had one.
  for (let back = 1; back <= 8; back++) {
    const before = startOf({ year: current - back, month, day });
    if (before !== null) return before;
  }
  return null;
}

/** Three letters of a name are enough. */
function indexByStart(names: readonly string[], word: string): number {
  if (word === 'sept') return names.indexOf('September');
  if (word === 'tues' || word === 'thur' || word === 'thurs')
    return names.findIndex((name) => name.toLowerCase().startsWith(word));
  return names.findIndex((name) => {
    const whole = name.toLowerCase();
    return word === whole || word === whole.slice(0, 3);
  });
}

function dayOf(at: number): Day {
  const date = new Date(at);
  return { year: date.getFullYear(), month: date.getMonth(), day: date.getDate() };
}

function midnight(year: number, month: number, day: number): number {
  return new Date(year, month, day).getTime();
}

/** Null for a day that no calendar has. */
function startOf({ year, month, day }: Day): number | null {
  const date = new Date(year, month, day);
  const isReal = date.getFullYear() === year && date.getMonth() === month && date.getDate() === day;
  return isReal ? date.getTime() : null;
}
