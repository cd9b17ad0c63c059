/** What `doctor` finds out, one line a check. */
import { messageOf, SessionTuiError } from '../../errors.ts';

export type CheckName = 'terminal' | 'store' | 'proxy' | 'network' | 'clock' | 'swarm';

export type Finding = Readonly<{
  name: CheckName;
  /** `warning`: works, and could be better; `problem`: something will not work */
  level: 'ok' | 'warning' | 'problem';
  /** how things stand, and what to mend */
  message: string;
}>;

export function ok(name: CheckName, message: string): Finding {
  return { name, level: 'ok', message };
}

export function warning(name: CheckName, message: string): Finding {
  return { name, level: 'warning', message };
}

/** An error of this program's own as a finding; others are bugs, and thrown on. */
export function problem(name: CheckName, error: unknown): Finding {
  if (typeof error === 'string') return { name, level: 'problem', message: error };
  if (!(error instanceof SessionTuiError)) throw error;
  return { name, level: 'problem', message: messageOf(error) };
}

/** Several remarks on one thing: the worst level counts. */
export function combined(name: CheckName, findings: readonly Finding[]): Finding {
  const level = (['problem', 'warning'] as const).find((one) =>
    findings.some((found) => found.level === one),
  );
  return { name, level: level ?? 'ok', message: findings.map(({ message }) => message).join(' ') };
}
