/** Linear output in pseudo-terminals: the built program against a devnet of its own, and the ways out of it. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as pty from '@lydell/node-pty';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { outsideLinear, transcript } from '../support/linear.ts';
import { run, World } from '../support/program.ts';
import { PtyScreen } from '../support/pty-screen.ts';
import { keys } from '../support/screen.ts';

let world: World;
let bob: string;
const open: PtyScreen[] = [];

beforeAll(async () => {
  world = await World.create();
  await world.account('alice');
  bob = await world.account('bob');
});
afterAll(() => world.end());
afterEach(async () => {
  for (const screen of open.splice(0)) {
    screen.kill();
    await screen.exited;
  }
});

function chat(person: string, more: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const args = ['--data-dir', join(world.folder, person), '--network', world.networkFile, ...more];
  const screen = new PtyScreen(args, [100, 30], env);
  open.push(screen);
  return screen;
}

/** Code of the program that a process loaded, by Node's own record of coverage. */
async function loadedCode(folder: string): Promise<string> {
  const urls = new Set<string>();
  for (const name of await readdir(folder)) {
    const record: unknown = JSON.parse(await readFile(join(folder, name), 'utf8'));
    const found = JSON.stringify(record).matchAll(/"url":"(file:[^"]*\/dist\/[^"]*)"/g);
    for (const [, url = ''] of found) urls.add(url);
  }
  const chunks = await Promise.all([...urls].map((url) => readFile(fileURLToPath(url), 'utf8')));
  return chunks.join('\n');
}

describe('two people, line by line', () => {
  it('write to each other; one types the password, the other sits at a plain terminal; no Ink is loaded', async () => {
    const coverage = join(world.folder, 'coverage');
    await mkdir(coverage);
    const left = chat('alice', ['--linear'], { NODE_V8_COVERAGE: coverage });
    const right = chat('bob', ['--password-file', join(world.folder, 'password')], { TERM: 'dumb' });
    await left.waitFor('Password:');
    left.send('correct horse\r', `/open ${bob}\r`);
    await left.waitFor('No messages yet');
    left.send('hello Bob\r');
    await left.waitFor('#1 sent');

    await right.waitFor('1 new message (message request)');
    expect(right.output).toContain('A terminal of the kind "dumb" can\'t place its cursor');
    right.send('/open 1\r', '/list\r', '/open 1\r');
    await right.waitFor(/#1 \d\d:\d\d .*alice.*: hello Bob/);
    right.send('/answer 1 hello Alice\r');
    await right.waitFor(/#\d sent/);
    await left.waitFor(/#\d \d\d:\d\d .*bob.*, answering #1: hello Alice/);
    left.send('/network\r');
    await left.waitFor(/guard: 127\.0\.\d+\.1[\s\S]*exit: 127\.0\.\d+\.1/);

    left.send('/quit\r');
    right.send(keys.ctrl('d'));
    expect([await left.exited, await right.exited]).toEqual([0, 0]);
    expect(outsideLinear(left.output)).toBeNull();
    expect(outsideLinear(right.output, true)).toBeNull();
    expect(left.output).not.toContain('correct horse');
    expect(left.isAlternate).toBe(false);
    // Nothing was said twice, and all of it is there in its order.
    const said = transcript(left.output).filter((line) => /hello|#1 sent/.test(line));
    expect(said).toEqual(['> hello Bob', '#1 sent', expect.stringMatching(/: hello Alice$/)]);

    const code = await loadedCode(coverage);
    expect(code).toContain('What you type does not show');
    expect(code).not.toMatch(/react\.(?:transitional\.)?element|react-reconciler|YogaNode|\[\?1049h/);
  }, 60_000);

  it('need terminals: a pipe is wrong usage', async () => {
    const piped = await run(
      world.as('alice', '--linear').filter((one) => one !== '--json'),
      {
        input: 'hello\n',
      },
    );
    expect(piped.code).toBe(2);
    expect(piped.stderr).toMatch(/needs a terminal/);
    expect((await run(['--linear', 'conversations'])).code).toBe(2);
  });
});

/** What a shell or a person sees of the chat with a fake session, which is linear by the setting. */
class Job {
  output = '';
  readonly ended: Promise<unknown>;
  readonly #pty: pty.IPty;

  constructor(shell: readonly string[]) {
    const [program = '', ...args] = shell;
    const child = fileURLToPath(new URL('../support/chat-child.ts', import.meta.url));
    this.#pty = pty.spawn(program, args, {
      cols: 100,
      rows: 30,
      name: 'xterm',
      env: { ...process.env, PS1: 'prompt> ', NODE: process.execPath, CHILD: child, LINEAR: '1' },
    });
    this.#pty.onData((data) => {
      this.output += data;
    });
    this.ended = new Promise((resolve) => this.#pty.onExit(resolve));
  }

  send(keys: string): void {
    this.#pty.write(keys);
  }

  async until(what: RegExp, from = 0): Promise<void> {
    const deadline = performance.now() + 20_000;
    while (!what.test(this.output.slice(from))) {
      if (performance.now() > deadline) throw new Error(`never ${what}:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async end(): Promise<void> {
    this.#pty.kill('SIGKILL');
    await this.ended;
  }
}

const settings = "stty -a | tr ';' '\\n' | tr ' ' '\\n' | grep -x -e '-*icanon' -e '-*echo' -e '-*isig'";

describe('the terminal is as it was', () => {
  it.concurrent.each([
    ['SIGHUP', 'code 129'],
    ['crash', 'threw crashed on purpose'],
  ])('after %s', async (way, end) => {
    const job = new Job([
      '/bin/sh',
      '-c',
      `"$NODE" --import tsx "$CHILD" ${way}; echo "code $?"; ${settings}`,
    ]);
    await job.ended;
    expect(job.output).toContain('a secret message');
    expect(job.output).toContain(end);
    expect(job.output).toContain('closed true');
    expect(job.output.lastIndexOf('\x1b[?2004l')).toBeGreaterThan(job.output.lastIndexOf('\x1b[?2004h'));
    expect(job.output).not.toContain('\x1b[?1049h');
    for (const setting of ['icanon', 'echo', 'isig'])
      expect(job.output).toMatch(new RegExp(`^${setting}\r$`, 'm'));
  });

  it.concurrent('while it is suspended, and the line being typed is there again afterwards', async () => {
    const job = new Job(['/bin/bash', '--norc', '--noprofile', '-i']);
    try {
      await job.until(/prompt> /);
      job.send('"$NODE" --import tsx "$CHILD" quit\r');
      await job.until(/a secret message/);
      job.send('half a th');
      await job.until(/> half a th$/);
      job.send('\x1a');
      await job.until(/Stopped/);
      job.send(`${settings}; echo ta''ken\r`);
      await job.until(/^taken\r$/m);
      expect(job.output).toMatch(/^icanon\r$/m);
      const before = job.output.length;
      job.send('fg\r');
      await job.until(/> half a th$/, before);
      job.send('ought\r');
      await job.until(/#2 sent/, before);
      job.send('\x11');
      await job.until(/closed true/, before);
    } finally {
      await job.end();
    }
  });
});

describe('the demo', () => {
  it('has the conversation with Echo open, which answers', async () => {
    const screen = new PtyScreen(['--demo', '--linear'], [100, 30]);
    open.push(screen);
    await screen.waitFor('No messages yet');
    screen.send('anybody there?', keys.enter);
    await screen.waitFor('echo: anybody there?', 40_000);
    screen.send('/quit\r');
    expect(await screen.exited).toBe(0);
    expect(outsideLinear(screen.output)).toBeNull();
  }, 60_000);
});
