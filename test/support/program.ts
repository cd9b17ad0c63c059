/** Runs the built program as its users do: as separate processes, through bin/session-tui.js. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const programPath = fileURLToPath(new URL('../../bin/session-tui.js', import.meta.url));

export type Finished = Readonly<{
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}>;

export type JsonLine = Readonly<Record<string, unknown> & { event: string }>;

export type RunOptions = Readonly<{
  input?: string | Uint8Array;
  env?: Readonly<Record<string, string>>;
  timeoutMs?: number;
}>;

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const clean: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    LANG: 'C.UTF-8',
    ...env,
  };
  return spawn(process.execPath, [programPath, ...args], { env: clean, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Runs to the end. Standard input is `input`, else empty. */
export function run(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const child = start(args, options.env);
  const done = Promise.withResolvers<Finished>();
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const timer = setTimeout(() => {
    child.kill('SIGKILL');
    done.reject(
      new Error(`no end after ${options.timeoutMs ?? 60_000} ms: ${args.join(' ')}\n${stdout}\n${stderr}`),
    );
  }, options.timeoutMs ?? 60_000);
  child.on('error', done.reject);
  child.on('close', (code, signal) => {
    clearTimeout(timer);
    done.resolve({ code, signal, stdout, stderr });
  });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input ?? '');
  return done.promise;
}

/** The JSON objects of a finished run's standard output. */
export function jsonLines(text: string): JsonLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JsonLine);
}

/** A program that goes on (devnet, `receive --follow`): its lines as they come, and ways to end it. */
export class Running {
  readonly child: ChildProcess;
  readonly lines: JsonLine[] = [];
  stderr = '';
  readonly exited: Promise<Finished>;
  readonly #waiting = new Set<() => void>();

  constructor(args: readonly string[], env?: Readonly<Record<string, string>>) {
    this.child = start(args, env);
    this.child.stdin?.end();
    if (this.child.stdout) {
      createInterface({ input: this.child.stdout }).on('line', (line) => {
        this.lines.push(JSON.parse(line) as JsonLine);
        for (const check of [...this.#waiting]) check();
      });
    }
    this.child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.stderr += chunk;
    });
    this.exited = new Promise((resolve) => {
      this.child.on('close', (code, signal) => {
        resolve({ code, signal, stdout: '', stderr: this.stderr });
        for (const check of [...this.#waiting]) check();
      });
    });
  }

  /** The first line, from now or before, for which `match` is true. */
  waitFor(match: (line: JsonLine) => boolean, timeoutMs = 30_000): Promise<JsonLine> {
    const found = Promise.withResolvers<JsonLine>();
    const timer = setTimeout(() => {
      this.#waiting.delete(check);
      found.reject(
        new Error(
          `no such line in ${timeoutMs} ms; got ${JSON.stringify(this.lines)}; stderr: ${this.stderr}`,
        ),
      );
    }, timeoutMs);
    const check = (): void => {
      const line = this.lines.find(match);
      if (line !== undefined) {
        clearTimeout(timer);
        this.#waiting.delete(check);
        found.resolve(line);
      } else if (this.child.exitCode !== null || this.child.signalCode !== null) {
        clearTimeout(timer);
        this.#waiting.delete(check);
        found.reject(new Error(`ended with ${this.child.exitCode ?? this.child.signalCode}: ${this.stderr}`));
      }
    };
    this.#waiting.add(check);
    check();
    return found.promise;
  }

  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<Finished> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    return this.exited;
  }
}

/** A folder for one test, with a devnet process and a password file in it; `end` removes all of it. */
export class World {
  readonly folder: string;
  readonly networkFile: string;
  readonly journal: string;
  readonly devnet: Running;
  echo: string | null = null;

  private constructor(folder: string, devnet: Running) {
    this.folder = folder;
    this.devnet = devnet;
    this.networkFile = join(folder, 'network.json');
    this.journal = join(folder, 'journal.jsonl');
  }

  static async create(devnetArgs: readonly string[] = []): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'session-tui-test-'));
    await writeFile(join(folder, 'password'), 'correct horse\n');
    const devnet = new Running([
      'devnet',
      '--network-file',
      join(folder, 'network.json'),
      '--journal',
      join(folder, 'journal.jsonl'),
      '--state-dir',
      join(folder, 'devnet'),
      ...devnetArgs,
    ]);
    const world = new World(folder, devnet);
    const ready = await devnet.waitFor((line) => line.event === 'ready');
    world.echo = typeof ready.echo === 'string' ? ready.echo : null;
    return world;
  }

  /** Global options for one person's own machine: data folder, network, password. */
  as(person: string, ...args: readonly string[]): string[] {
    return [
      ...args,
      '--data-dir',
      join(this.folder, person),
      '--network',
      this.networkFile,
      '--password-file',
      join(this.folder, 'password'),
      '--json',
    ];
  }

  run(person: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return run(this.as(person, ...args), options);
  }

  /** Makes an account and gives its account ID. */
  async account(person: string): Promise<string> {
    const made = await this.run(person, ['account', 'create', '--name', person]);
    const [line] = jsonLines(made.stdout);
    if (made.code !== 0 || typeof line?.accountId !== 'string')
      throw new Error(`not created: ${made.stderr}`);
    return line.accountId;
  }

  async end(): Promise<void> {
    await this.devnet.stop('SIGTERM');
    await rm(this.folder, { recursive: true, force: true });
  }
}
