import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { commandRunner, type RunnerLimits } from '../../src/cli/command-runner.ts';

const never = new AbortController().signal;
const limits: RunnerLimits = { timeoutMs: 20_000, maxBytes: 4096 };

function run(command: string, input: string | null = null, more: Partial<RunnerLimits> = {}) {
  const env = { ...process.env, SHELL: '/bin/sh', SESSION_TUI_PASSWORD_FILE: '/secret', KEPT: 'yes' };
  return commandRunner(env, { ...limits, ...more }).run(command, input, never);
}

/** Waits until a process is gone (a zombie that nobody has waited for is). */
async function gone(pid: number): Promise<boolean> {
  for (let i = 0; i < 100; i++) {
    const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
    if (state === null || /\) [ZX] /.test(state)) return true;
    await sleep(20);
  }
  return false;
}

describe('a command', () => {
  it('gets its input, and gives both outputs and the exit code', async () => {
    expect(await run('tr a-z A-Z; echo oh >&2; exit 3', 'grüße\n')).toEqual({
      kind: 'ended',
      stdout: 'GRüßE\n',
      stderr: 'oh\n',
      code: 3,
      how: 'exited',
    });
  });

  it('may leave its input unread', async () => {
    expect(await run('exec true', 'x'.repeat(300_000))).toMatchObject({ code: 0, how: 'exited' });
  });

  it('gets the environment without what is meant for this program, and no terminal', async () => {
    const result = await run('env; tty; (: < /dev/tty) 2>&1 && echo has-terminal');
    const out = result.kind === 'ended' ? result.stdout : '';
    expect(out).toContain('KEPT=yes');
    expect(out).toContain('TERM=dumb');
    expect(out).not.toContain('SESSION_TUI');
    expect(out).toContain('not a tty');
    expect(out).not.toContain('has-terminal');
  });

  it('inherits no descriptors beyond the three', async () => {
    const result = await run(
      'for f in 3 4 5 6 7 8 9; do (: >&$f) 2>/dev/null && echo open $f; done; echo done',
    );
    expect(result).toMatchObject({ stdout: 'done\n' });
  });

  it('is the shell that the environment names, by its path only', async () => {
    expect(commandRunner({ SHELL: '/bin/zsh' }).shell).toEqual(['/bin/zsh', '-c']);
    expect(commandRunner({ SHELL: 'zsh' }).shell).toEqual(['/bin/sh', '-c']);
    const missing = commandRunner({ SHELL: '/nowhere/sh' });
    expect(await missing.run('true', null, never)).toEqual({
      kind: 'failed',
      reason: '/nowhere/sh could not be started.',
    });
  });

  it('that writes too much is stopped, and its beginning kept', async () => {
    const result = await run('yes');
    expect(result).toMatchObject({ how: 'too-much', code: null });
    expect(result.kind === 'ended' && result.stdout.length).toBe(limits.maxBytes);
  });

  it('that takes too long is stopped with all it started', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'runner-'));
    try {
      const result = await run(`echo first; sleep 1000 & echo $! > ${folder}/pid; wait`, null, {
        timeoutMs: 300,
      });
      expect(result).toMatchObject({ how: 'timed-out', stdout: 'first\n' });
      expect(await gone(Number(await readFile(`${folder}/pid`, 'utf8')))).toBe(true);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('that ends leaves nothing behind in the background', async () => {
    const result = await run('sleep 1000 & echo $!');
    expect(result).toMatchObject({ how: 'exited', code: 0 });
    expect(await gone(Number(result.kind === 'ended' ? result.stdout : 0))).toBe(true);
  });

  it('is stopped when the signal aborts', async () => {
    const abort = new AbortController();
    const running = commandRunner({ SHELL: '/bin/sh' }).run('sleep 1000', null, abort.signal);
    abort.abort();
    expect(await running).toMatchObject({ how: 'cancelled', code: null });
  });
});
