import { describe, expect, it } from 'vitest';
import { parseTime } from '../../../src/ui/text/parse-time.ts';

/** A Tuesday. */
const now = new Date(2026, 10, 24, 12, 30).getTime();
const at = (...parts: [number, number, number, number?, number?]) => {
  const [year, month, day, hour = 0, minute = 0] = parts;
  return new Date(year, month - 1, day, hour, minute).getTime();
};

describe('a time as a person types it', () => {
  it.each([
    ['today', at(2026, 11, 24)],
    ['Yesterday', at(2026, 11, 23)],
    ['the day before yesterday', at(2026, 11, 22)],
    ['3 days ago', at(2026, 11, 21)],
    ['three days ago', at(2026, 11, 21)],
    ['3d ago', at(2026, 11, 21)],
    ['a week ago', at(2026, 11, 17)],
    ['2 weeks ago', at(2026, 11, 10)],
    ['1 month ago', at(2026, 10, 24)],
    ['9 months ago', at(2026, 2, 24)],
    ['a year ago', at(2025, 11, 24)],
    ['2 hours ago', at(2026, 11, 24, 10, 30)],
    ['20 minutes ago', at(2026, 11, 24, 12, 10)],
    ['tuesday', at(2026, 11, 24)],
    ['last tuesday', at(2026, 11, 17)],
    ['Last Wed', at(2026, 11, 18)],
    ['on monday', at(2026, 11, 23)],
    ['sunday', at(2026, 11, 22)],
    ['this week', at(2026, 11, 23)],
    ['last week', at(2026, 11, 16)],
    ['last month', at(2026, 10, 1)],
    ['this year', at(2026, 1, 1)],
    ['last year', at(2025, 1, 1)],
    ['2026-11-03', at(2026, 11, 3)],
    ['2026-11-03T15:30', at(2026, 11, 3, 15, 30)],
    ['2026-11-03 15:30', at(2026, 11, 3, 15, 30)],
    ['2026-11-03T15:30:00Z', Date.UTC(2026, 10, 3, 15, 30)],
    ['2026-11-03T15:30+02:00', Date.UTC(2026, 10, 3, 13, 30)],
    ['2026-11', at(2026, 11, 1)],
    ['2024', at(2024, 1, 1)],
    ['2026/11/3', at(2026, 11, 3)],
    ['3.11.2026', at(2026, 11, 3)],
    ['3.11.', at(2026, 11, 3)],
    ['3.12.', at(2025, 12, 3)],
    ['11/23/2026', at(2026, 11, 23)],
    ['23/11', at(2026, 11, 23)],
    ['5 March 2024', at(2024, 3, 5)],
    ['March 5, 2024', at(2024, 3, 5)],
    ['the 5th of march', at(2026, 3, 5)],
    ['24 nov', at(2026, 11, 24)],
    ['dec 24', at(2025, 12, 24)],
    ['december', at(2025, 12, 1)],
    ['nov', at(2026, 11, 1)],
    ['sept 2025', at(2025, 9, 1)],
    ['29 february', at(2024, 2, 29)],
    ['yesterday 15:30', at(2026, 11, 23, 15, 30)],
    ['last friday at 9:05 pm', at(2026, 11, 20, 21, 5)],
    ['24 dec 2025 12:00am', at(2025, 12, 24)],
    ['8:15', at(2026, 11, 24, 8, 15)],
    ['now', now],
    ['the beginning', 0],
  ])('%s', (text, expected) => {
    expect(parseTime(text, now)).toBe(expected);
  });

  it.each([
    '',
    ' ',
    'soon',
    'ago',
    'days ago',
    'last',
    '2026-02-30',
    '2026-13-01',
    '31 april',
    '3/4/2026',
    '25:00',
    'yesterday 24:10',
    '13:00 pm',
    'nov nov',
    '5 nov 5 2026',
    'some words of a message',
    '99999999',
    '\u202e',
  ])('%j means none, or more than one', (text) => {
    expect(parseTime(text, now)).toBeNull();
  });

  it('a month ago on the 31st is the last day of the month before', () => {
    expect(parseTime('a month ago', at(2026, 3, 31, 9))).toBe(at(2026, 2, 28));
  });
});
