/** The terminal lent to a shell (Ctrl-Z) or to an editor, in a real pseudo-terminal: what it is like meanwhile. */
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { describe, expect, it } from 'vitest';

const child = fileURLToPath(new URL('../support/chat-child.ts', import.meta.url));

/** The UI with a fake session, and what started it: a shell, or nothing. */
class Job {
  readonly terminal = new xterm.Terminal({ cols: 80, rows: 24, allowProposedApi: true });
  readonly exited: Promise<unknown>;
  readonly #pty: pty.IPty;
  #checks: (() => void)[] = [];

  constructor(shell: string, args: readonly string[], more: Readonly<Record<string, string>> = {}) {
    this.#pty = pty.spawn(shell, [...args], {
      cols: 80,
      rows: 24,
      name: 'xterm-256color',
      env: {
        ...process.env,
        PS1: 'prompt> ',
        NODE: process.execPath,
        CHILD: child,
        NODE_ENV: 'production',
        ...more,
      },
    });
    this.#pty.onData((data) => {
      this.terminal.write(data, () => {
        for (const check of this.#checks) check();
      });
    });
    this.exited = new Promise((resolve) => this.#pty.onExit(resolve));
  }

  get pid(): number {
    return this.#pty.pid;
  }

  get text(): string {
    const { active } = this.terminal.buffer;
    return Array.from(
      { length: this.terminal.rows },
      (_, y) => active.getLine(active.baseY + y)?.translateToString(true) ?? '',
    ).join('\n');
  }

  get state() {
    const { bracketedPasteMode, sendFocusMode, wraparoundMode } = this.terminal.modes;
    return {
      alternate: this.terminal.buffer.active.type === 'alternate',
      paste: bracketedPasteMode,
      focus: sendFocusMode,
      wrap: wraparoundMode,
    };
  }

  send(keys: string): void {
    this.#pty.write(keys);
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows);
    this.#pty.resize(columns, rows);
  }

  /** Resolves once the screen shows it; the error tells what it showed for 20 seconds instead. */
  async until(what: RegExp): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`never ${what}:\n${this.text}`)), 20_000);
      const check = () => {
        if (!what.test(this.text)) return;
        clearTimeout(timer);
        resolve();
      };
      this.#checks.push(check);
      check();
    });
    this.#checks = [];
  }

  async end(): Promise<void> {
    this.#pty.kill('SIGKILL');
    await this.exited;
  }
}

const ours = { alternate: true, paste: true, focus: true, wrap: false };
const theirs = { alternate: false, focus: false, wrap: true };

describe('suspending', () => {
  it('Ctrl-Z gives the terminal to the shell, and fg brings everything back, in the new size', async () => {
    const job = new Job('/bin/bash', ['--norc', '--noprofile', '-i']);
    try {
      await job.until(/prompt> /);
      job.send('"$NODE" --import tsx "$CHILD" quit\r');
      await job.until(/a secret message/);
      expect(job.state).toEqual(ours);
      job.send('half a th\x1a');
      await job.until(/Stopped/);
      expect(job.state).toMatchObject(theirs);
      expect(job.text).not.toContain('a secret message');
      job.send("stty -a | tr ';' '\\n' | tr ' ' '\\n' | grep -x -e '-*icanon' -e '-*isig'; echo ta''ken\r");
      await job.until(/^taken$/m);
      expect(job.text).toMatch(/^icanon$/m);
      expect(job.text).toMatch(/^isig$/m);
      job.resize(100, 30);
      job.send('fg\r');
      await job.until(/a secret message[\s\S]*half a th/);
      expect(job.state).toEqual(ours);
      // The whole width and height are in use.
      expect(job.text.split('\n')[29]).not.toBe('');
      job.send('ought');
      await job.until(/half a thought/);
      job.send('\x1a');
      await job.until(/Stopped/);
      job.send('fg\r');
      await job.until(/half a thought/);
      job.send('\x11');
      await job.until(/closed true/);
      expect(job.state).toMatchObject(theirs);
    } finally {
      await job.end();
    }
  });

  it('a stop from outside gives the terminal back too', async () => {
    const job = new Job('/bin/bash', ['--norc', '--noprofile', '-i']);
    try {
      await job.until(/prompt> /);
      job.send('"$NODE" --import tsx "$CHILD" SIGTSTP\r');
      await job.until(/a secret message/);
      await job.until(/Stopped/);
      expect(job.state).toMatchObject(theirs);
      job.send('fg\r');
      await job.until(/a secret message/);
      expect(job.state).toEqual(ours);
    } finally {
      await job.end();
    }
  });

  it('is refused where no shell could bring it back, and says so', async () => {
    const job = new Job(process.execPath, ['--import', 'tsx', child, 'quit']);
    try {
      await job.until(/a secret message/);
      job.send('\x1a');
      await job.until(/no shell to bring it back/);
      expect(job.state).toEqual(ours);
      job.send('still here');
      await job.until(/still here/);
    } finally {
      await job.end();
    }
  });
});

/** Shows what it was given and who may read it, waits for a line, then writes something else and leaves a swap file. */
const editorScript = `#!/bin/sh
stat -c 'mode %a' "$2" "$(dirname "$2")"
echo "given $1 <$(cat "$2")>"
echo swap > "$2.swp"
read answer
printf 'first\\033[31m\\a line\\nsecond line\\n' > "$2"
exit $(( answer ))
`;

describe('an editor', () => {
  async function withEditor(
    editor: (script: string) => string,
    work: (job: Job, drafts: string) => Promise<void>,
  ) {
    const folder = await mkdtemp(join(tmpdir(), 'session-tui-test-'));
    const drafts = join(folder, 'drafts');
    const script = join(folder, 'editor');
    await writeFile(script, editorScript);
    await chmod(script, 0o700);
    const job = new Job(process.execPath, ['--import', 'tsx', child, 'quit'], {
      VISUAL: editor(script),
      DRAFTS: drafts,
    });
    try {
      await job.until(/a secret message/);
      await work(job, drafts);
    } finally {
      await job.end();
      await rm(folder, { recursive: true });
    }
  }

  it('gets the message, alone and private, and what it wrote comes back cleaned; nothing stays', async () => {
    await withEditor(
      (script) => `${script} --option`,
      async (job, drafts) => {
        job.send('a draft\x1be');
        await job.until(/given --option <a draft>/);
        expect(job.text).toMatch(/mode 600\s+mode 700/);
        expect(job.text).not.toContain('a secret message');
        expect(job.state).toMatchObject(theirs);
        job.send('0\r');
        await job.until(/> first\[31m line[\s│]+second line/);
        expect(job.text).toContain('a secret message');
        expect(job.state).toEqual(ours);
        expect(await readdir(drafts)).toEqual([]);
        // One step of undo brings back what stood there before.
        job.send('\x1bu');
        await job.until(/> a draft/);
      },
    );
  });

  it('that fails, is interrupted or is not there changes nothing, and the screen says so', async () => {
    await withEditor(
      (script) => `${script} --option`,
      async (job, drafts) => {
        job.send('a draft\x1be');
        await job.until(/given/);
        job.send('3\r');
        await job.until(/> a draft[\s\S]*The editor ended with an error/);
        job.send('\x1be');
        // The first time is still to be seen.
        await job.until(/given[\s\S]*given/);
        job.send('\x03');
        await job.until(/> a draft[\s\S]*The editor ended with an error/);
        expect(job.state).toEqual(ours);
        expect(await readdir(drafts)).toEqual([]);
      },
    );
    await withEditor(
      () => 'no-such-editor',
      async (job) => {
        job.send('a draft\x1be');
        await job.until(/> a draft[\s\S]*not found/);
        expect(job.state).toEqual(ours);
      },
    );
  });

  it('leaves no file behind when the program is ended meanwhile', async () => {
    await withEditor(
      (script) => `${script} --option`,
      async (job, drafts) => {
        job.send('a draft\x1be');
        await job.until(/given/);
        process.kill(job.pid, 'SIGTERM');
        await job.exited;
        expect(await readdir(drafts)).toEqual([]);
      },
    );
  });
});
