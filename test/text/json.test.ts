import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toJsonLine } from '../../src/text/json.ts';

describe('toJsonLine', () => {
  it('escapes control, C1 and direction characters', () => {
    expect(toJsonLine({ a: '\x1b\x9b\x7f\u202e\u2067\u2028\n' })).toBe(
      '{"a":"\\u001b\\u009b\\u007f\\u202e\\u2067\\u2028\\n"}',
    );
  });

  it('is one line that parses back to the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const line = toJsonLine(value);
        expect(line).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/);
        expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
