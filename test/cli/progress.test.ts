import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/cli/context.ts';
import { Printer } from '../../src/cli/output/printer.ts';
import { withProgress } from '../../src/cli/progress.ts';

function sink(): { stream: Writable; text: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { stream, text: () => text };
}

/** What is written while 1000 things are done, and one of none. */
async function shown(json: boolean, terminal: boolean): Promise<{ out: string; err: string }> {
  const out = sink();
  const err = sink();
  const io = {
    env: {},
    stdin: () => process.stdin,
    stdinIsTerminal: false,
    stdout: out.stream,
    stdoutIsTerminal: false,
    stderr: err.stream,
    stderrIsTerminal: terminal,
  };
  const context = { io, printer: new Printer(io, json) } as unknown as Context; // all that progress looks at
  await withProgress(context, 'export', async (report) => {
    for (let done = 1; done <= 1_000; done++) report(done, 1_000);
  });
  return { out: out.text(), err: err.text() };
}

describe('progress', () => {
  it('is a line a percent as JSON, the last one at the end', async () => {
    const { out, err } = await shown(true, true);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(101);
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({
      event: 'progress',
      task: 'export',
      done: 1000,
      total: 1000,
    });
    expect(err).toBe('');
  });

  it('is a bar at a terminal, wiped at the end, and nothing elsewhere', async () => {
    const { out, err } = await shown(false, true);
    expect(out).toBe('');
    expect(err).toContain(`\rexport  ${'#'.repeat(15)}${'-'.repeat(15)}   50 %`);
    expect(err.endsWith('100 %\r\x1b[K')).toBe(true);
    expect(await shown(false, false)).toEqual({ out: '', err: '' });
  });
});
