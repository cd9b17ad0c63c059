import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CaseFailure, expectEqual, expectRefused } from '../scripts/vectors/case.ts';
import { adapters, pendingFiles } from '../scripts/vectors/registry.ts';
import { formatReport, runVectorFile } from '../scripts/vectors/run.ts';

const folder = new URL('./vectors/', import.meta.url);
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace(/\.json$/, ''));

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));

describe('the golden vectors', () => {
  for (const name of names) {
    const adapter = adapters[name];
    if (adapter === undefined) {
      test(`${name} waits for its code`, () => expect(pendingFiles.has(name)).toBe(true));
      continue;
    }
    test(`${name}: every case passes`, async () => {
      const report = await runVectorFile(read(name), adapter);
      expect(report.problems).toEqual([]);
      expect(report.passed).toBeGreaterThan(0);
    });
  }
});

describe('the vector runner', () => {
  const file = (...cases: unknown[]) => ({ cases });

  test('fails a case whose stated value is wrong, and goes on with the next', async () => {
    const report = await runVectorFile(file({ name: 'a', n: 1 }, { name: 'b', n: 2 }), (testCase) => {
      expectEqual(testCase.number('n'), 2, 'n');
      return undefined;
    });
    expect(formatReport('x', report)).toEqual(['x: 1 of 2', '  case 0 (a): n is 1, not 2']);
  });

  test('fails a case that states something which the adapter does not look at', async () => {
    const report = await runVectorFile(file({ name: 'a', extra: 1 }), () => undefined);
    expect(report.problems[0]?.reason).toContain('extra');
  });

  test('survives cases that are no objects and adapters that crash', async () => {
    const report = await runVectorFile(file(null, 7, [], { a: 1 }), (testCase) => {
      throw new TypeError(`crash ${testCase.number('a')}`);
    });
    expect(report.passed).toBe(0);
    expect(report.problems.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(report.problems[3]?.reason).toBe('TypeError: crash 1');
  });

  test('counts cases that wait for their code apart', async () => {
    const report = await runVectorFile(file({ kind: 'x' }, { kind: 'y' }), ({ kind }) =>
      kind === 'x' ? 'group' : undefined,
    );
    expect(formatReport('m', report)).toEqual(['m: 1 of 1 (1 pending: group)']);
  });

  test('calls a file without cases no vector file', async () => {
    for (const content of [null, [], {}, { cases: 1 }]) {
      await expect(runVectorFile(content, () => undefined)).rejects.toThrow(CaseFailure);
    }
  });

  test('takes only a typed error for a refusal', () => {
    expect(() => expectRefused(() => undefined)).toThrow('was accepted');
    expect(() =>
      expectRefused(() => {
        throw new RangeError('crash');
      }),
    ).toThrow(RangeError);
  });
});
