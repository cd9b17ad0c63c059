/**
 * No keys and messages in a core dump, where the system lets us (Linux). Node can't lower its own limits, so the tool
 * `prlimit` does it from outside, where the soft limit is not 0 already. Beside that the kernel is told to leave all
 * memory out of a dump: that works without any tool, and also where dumps go to a program, which no limit stops.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

export function forbidCoreDumps(): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/self/coredump_filter', '0');
    const limits = readFileSync('/proc/self/limits', 'latin1');
    if (/^Max core file size\s+0\s/m.test(limits)) return;
    // Nobody waits for it: until it is done, a few milliseconds later, the filter alone holds.
    const child = spawn('prlimit', ['--pid', String(process.pid), '--core=0:0'], { stdio: 'ignore' });
    child.on('error', () => undefined).unref();
  } catch {
    // No /proc, or not writable: docs/store.md names this limit.
  }
}
