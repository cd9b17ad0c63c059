/** The processes of a soak: a devnet of the built program, and people who use core. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FromPerson, PersonReport, ToPerson } from './protocol.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export class SoakWorld {
  readonly folder: string;
  readonly #devnet: ChildProcess;
  readonly #people: Person[] = [];

  private constructor(folder: string, devnet: ChildProcess) {
    this.folder = folder;
    this.#devnet = devnet;
  }

  /** The program is copied first, so that a build meanwhile does not change what runs. */
  static async create(nodes: number): Promise<SoakWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'session-tui-soak-'));
    for (const part of ['dist', 'bin', 'package.json']) {
      await cp(join(root, part), join(folder, 'program', part), { recursive: true });
    }
    const devnet = spawn(
      process.execPath,
      [
        join(folder, 'program', 'bin', 'session-tui.js'),
        'devnet',
        ...['--nodes', `${nodes}`, '--state-dir', join(folder, 'devnet')],
        ...['--network-file', join(folder, 'network.json'), '--control', join(folder, 'control')],
        ...(process.env.SOAK_JOURNAL === undefined ? [] : ['--journal', process.env.SOAK_JOURNAL]),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env.PATH, LANG: 'C.UTF-8' } },
    );
    const world = new SoakWorld(folder, devnet);
    try {
      await new Promise<void>((resolve, reject) => {
        createInterface({ input: devnet.stdout }).on('line', (line) => {
          if (line.includes('"ready"')) resolve();
        });
        devnet.once('exit', (code) => reject(new Error(`the devnet ended with ${code}`)));
      });
    } catch (error) {
      await world.end();
      throw error;
    }
    return world;
  }

  /** Sets the devnet's faults through its control socket. */
  setFaults(line: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(join(this.folder, 'control'));
      let answer = '';
      socket.setEncoding('utf8').on('data', (text: string) => {
        answer += text;
      });
      socket.on('error', reject);
      socket.on('close', () => {
        if (answer.trim() === 'ok') resolve();
        else reject(new Error(`the devnet does not take "${line}": ${answer.trim()}`));
      });
      socket.end(`${line}\n`);
    });
  }

  async person(name: string): Promise<Person> {
    const person = new Person(join(this.folder, name), join(this.folder, 'network.json'), name);
    this.#people.push(person);
    await person.ready;
    return person;
  }

  async end(): Promise<void> {
    for (const person of this.#people) person.kill();
    if (this.#devnet.exitCode === null && this.#devnet.signalCode === null) {
      const over = new Promise((resolve) => this.#devnet.once('exit', resolve));
      this.#devnet.kill('SIGTERM');
      await over;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

export class Person {
  readonly ready: Promise<void>;
  accountId = '';
  sent = 0;
  received = 0;
  readonly #child: ChildProcess;
  readonly #report = Promise.withResolvers<PersonReport>();

  constructor(dataDir: string, networkFile: string, name: string) {
    this.#child = fork(fileURLToPath(new URL('person.ts', import.meta.url)), [dataDir, networkFile, name], {
      cwd: root,
      execArgv: ['--import', 'tsx'],
    });
    const ready = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.#report.promise.catch(() => undefined);
    this.#child.on('message', (message: FromPerson) => {
      if (message.is === 'ready') {
        this.accountId = message.accountId;
        ready.resolve();
      } else if (message.is === 'progress') {
        this.sent = message.sent;
        this.received = message.received;
      } else this.#report.resolve(message.report);
    });
    this.#child.on('exit', (code, signal) => {
      const error = new Error(`${name} ended with ${code ?? signal}`);
      ready.reject(error);
      this.#report.reject(error);
    });
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  tell(order: ToPerson): void {
    // an error of one that is gone shows in its exit
    this.#child.send(order, () => undefined);
  }

  report(peer: string): Promise<PersonReport> {
    this.tell({ do: 'report', peer });
    return this.#report.promise;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
