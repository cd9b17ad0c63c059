/** Judges the cases of vector files with the adapters of the registry. Used by scripts/vectors.ts and the tests. */
import { messageOf } from '../../src/errors.ts';
import { CaseFailure, VectorCase } from './case.ts';

/**
 * Checks one case: throws (best a CaseFailure) if it does not pass, gives the name of what is missing if the
 * code for it is still to come, and nothing if it passes.
 */
export type Adapter = (testCase: VectorCase) => string | undefined | Promise<string | undefined>;

export type CaseProblem = Readonly<{ index: number; name: string; reason: string }>;

export type FileReport = Readonly<{
  passed: number;
  /** without the pending ones */
  total: number;
  /** how many cases wait for what */
  pending: ReadonlyMap<string, number>;
  problems: readonly CaseProblem[];
}>;

function nameOf(value: unknown): string {
  const name: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'name') : undefined;
  return typeof name === 'string' ? name : '';
}

async function judge(value: unknown, adapter: Adapter): Promise<string | undefined> {
  const testCase = new VectorCase(value);
  const pending = await adapter(testCase);
  if (pending !== undefined) return pending;
  if (testCase.unread.length > 0) {
    throw new CaseFailure(`it states ${testCase.unread.join(', ')}, which nothing checks`);
  }
  return undefined;
}

/**
 * Judges every case of a parsed vector file, each on its own: one that crashes fails and the next is tried.
 * Throws a CaseFailure when the file is no vector file at all.
 */
export async function runVectorFile(file: unknown, adapter: Adapter): Promise<FileReport> {
  const cases = new VectorCase(file, 'the file').list('cases');
  const pending = new Map<string, number>();
  const problems: CaseProblem[] = [];
  let passed = 0;
  for (const [index, value] of cases.entries()) {
    try {
      const missing = await judge(value, adapter);
      if (missing === undefined) passed++;
      else pending.set(missing, (pending.get(missing) ?? 0) + 1);
    } catch (error) {
      const kind = error instanceof CaseFailure ? '' : `${error instanceof Error ? error.name : 'thrown'}: `;
      problems.push({ index, name: nameOf(value), reason: `${kind}${messageOf(error)}` });
    }
  }
  return { passed, total: passed + problems.length, pending, problems };
}

/** The lines to print for a file: the result, then the failing cases by their index. */
export function formatReport(name: string, report: FileReport): string[] {
  const waiting = [...report.pending].map(([what, count]) => `${count} pending: ${what}`).join(', ');
  const head = `${name}: ${report.passed} of ${report.total}${waiting === '' ? '' : ` (${waiting})`}`;
  return [
    head,
    ...report.problems.map(
      ({ index, name: title, reason }) => `  case ${index}${title === '' ? '' : ` (${title})`}: ${reason}`,
    ),
  ];
}
