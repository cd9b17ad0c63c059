/** One person's evening with the whole program, told the same in every terminal and size. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { programPath, type World } from '../../support/program.ts';
import { keys } from '../../support/screen.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import {
  processWith,
  prompt,
  type ShellSize,
  type ShellTerminal,
  settled,
  shown,
} from '../../support/shell-terminal.ts';

export const sizes: readonly ShellSize[] = [
  [40, 10],
  [80, 24],
  [100, 30],
  [200, 60],
];

const resizes = 200;
const password = 'correct horse';

export class Story {
  readonly #terminal: ShellTerminal;
  readonly #size: ShellSize;
  readonly #world: World;
  readonly #folder: string;
  readonly #friend: Readonly<{ name: string; id: string }>;

  constructor(
    terminal: ShellTerminal,
    size: ShellSize,
    world: World,
    name: string,
    friend: Readonly<{ name: string; id: string }>,
  ) {
    this.#terminal = terminal;
    this.#size = size;
    this.#world = world;
    this.#folder = join(world.folder, name);
    this.#friend = friend;
  }

  async tell(): Promise<void> {
    await this.#onboarding();
    await this.#chat();
    await this.#searchAndPalette();
    await this.#selection();
    await this.#draftOverARestart();
    await this.#suspendAndResume();
    await this.#longPaste();
    await this.#resizeStorm();
    await this.#hangUp();
  }

  async #start(): Promise<void> {
    const args = ['--data-dir', this.#folder, '--network', this.#world.networkFile];
    await this.#terminal.send(`clear; ${process.execPath} ${programPath} ${args.join(' ')}\r`);
  }

  #see(wanted: string | RegExp): Promise<string> {
    return shown(this.#terminal, wanted);
  }

  async #gone(text: string): Promise<void> {
    await shown(this.#terminal, (screen) => !screen.includes(text));
  }

  /** A key after Esc has to wait, or the two are one with Alt. */
  async #escape(): Promise<void> {
    await this.#terminal.send(keys.escape);
    await settled(this.#terminal);
  }

  /** An account with a password; the words are written down, and asked for. */
  async #onboarding(): Promise<void> {
    await this.#see(prompt);
    await this.#start();
    await this.#see('Welcome to session-tui');
    await this.#terminal.send(keys.enter);
    await this.#see('your name');
    await this.#terminal.send('Ada', keys.enter);
    await this.#see('A password for');
    await this.#terminal.send(password, keys.enter);
    await this.#see('again');
    await this.#terminal.send(password, keys.enter);
    const page = await this.#see(/13 [a-z]+/);
    const words = new Map([...page.matchAll(/(\d+) ([a-z]+)/g)].map(([, at, word]) => [Number(at), word]));
    expect(words.size).toBe(13);
    await this.#terminal.send(keys.enter);
    for (let question = 1; ; question++) {
      const asked = await this.#see(new RegExp(`Question ${question} of|Ctrl-N`));
      const position = /What is word (\d+)/.exec(asked)?.[1];
      if (position === undefined) break;
      await this.#terminal.send(words.get(Number(position)) ?? '', keys.enter);
    }
    await this.#see(/online|● ·/);
  }

  /** A message to a friend, and what the friend answers. */
  async #chat(): Promise<void> {
    await this.#terminal.send(keys.ctrl('n'));
    await this.#see('New conversation');
    await this.#terminal.send(keys.paste(this.#friend.id), keys.enter);
    await this.#see('Write a message');
    await this.#terminal.send('hello friend', keys.enter);
    await this.#see(/hello friend {2}sent/);
    const { name } = this.#friend;
    const received = await this.#world.run(name, ['receive']);
    const from = /"from":"(05[0-9a-f]{64})"/.exec(received.stdout.split('\n').at(-2) ?? '')?.[1] ?? '';
    for (const text of ['日本語 and 👩‍👩‍👧‍👦 and e\u0301', 'a needle in it', 'the last one']) {
      const sent = await this.#world.run(name, ['send', from, text]);
      expect(sent.code, sent.stderr).toBe(0);
    }
    await this.#see('the last one');
  }

  async #searchAndPalette(): Promise<void> {
    await this.#terminal.send(keys.ctrl('s'));
    await this.#see('Search');
    await this.#terminal.send('needle');
    await this.#see('1 found');
    await this.#terminal.send(keys.enter);
    await this.#gone('1 found');
    await this.#see('a needle in it');
    await this.#escape();
    await this.#terminal.send(keys.ctrl('k'));
    await this.#see('Go to');
    await this.#terminal.send('every key');
    await this.#see('Help: every key');
    await this.#terminal.send(keys.enter);
    await this.#gone('Go to');
    await this.#see('Help');
    await this.#escape();
    await this.#see('Write a message');
  }

  /** The newest message selected, looked at, answered. */
  async #selection(): Promise<void> {
    await this.#terminal.send(keys.shiftTab);
    await settled(this.#terminal);
    await this.#terminal.send('i');
    await this.#see(`From: ${this.#friend.name}`);
    await this.#escape();
    await this.#terminal.send('a');
    await settled(this.#terminal);
    await this.#terminal.send('an answer', keys.enter);
    await this.#see(/an answer {2}sent/);
  }

  async #draftOverARestart(): Promise<void> {
    await this.#terminal.send('half a draft');
    await this.#see('> half a draft');
    await this.#terminal.send(keys.ctrl('q'));
    await this.#see(prompt);
    await this.#start();
    await this.#see('Unlock');
    await this.#terminal.send(password, keys.enter);
    await this.#see(this.#friend.name);
    await this.#terminal.send(keys.enter);
    await this.#see('> half a draft');
    await this.#see(/online|● ·/);
  }

  async #suspendAndResume(): Promise<void> {
    await this.#terminal.send(keys.ctrl('z'));
    const outside = await this.#see('Stopped');
    expect(outside).not.toContain('half a draft');
    await this.#terminal.send('fg\r');
    await this.#see('> half a draft');
    await this.#terminal.send(keys.ctrl('c'));
    await this.#see('Write a message');
  }

  /** 100 KB at once: nothing of it acts, nothing is sent, and the screen says that it is too long. */
  async #longPaste(): Promise<void> {
    const line = 'All work and no play makes Jack a dull boy. \x1b[2J';
    await this.#terminal.send(keys.paste(line.repeat(Math.ceil(100_000 / line.length))));
    await this.#see(/dull boy/);
    const screen = await settled(this.#terminal);
    expect(screen).toMatch(/too long|over|limit/i);
    await this.#terminal.send(keys.ctrl('c'));
    await this.#see('Write a message');
  }

  /** Two hundred sizes, and in the end the screen is what a frame drawn whole shows. */
  async #resizeStorm(): Promise<void> {
    const bytes = seededRandom(this.#size[0]);
    const random = (below: number): number => (bytes(1)[0] ?? 0) % below;
    for (let i = 0; i < resizes; i++) await this.#terminal.resize([40 + random(161), 10 + random(51)]);
    await this.#terminal.resize(this.#size);
    await this.#see('Write a message');
    // Whatever notice stands there goes with the first key.
    await this.#terminal.send(keys.end);
    const after = await settled(this.#terminal);
    await this.#terminal.send(keys.ctrl('l'));
    expect(await settled(this.#terminal)).toBe(after);
    expect(after).toContain('an answer');
  }

  /** The line dies: the program ends, and the terminal is the shell's again. */
  async #hangUp(): Promise<void> {
    process.kill(processWith(this.#folder), 'SIGHUP');
    await this.#terminal.send('');
    const shell = await this.#see(prompt);
    expect(shell).not.toContain('an answer');
    await this.#terminal.send('echo still $((1 + 1)) here\r');
    await this.#see('still 2 here');
  }
}
