import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../src/cli/program.ts';

const page = readFileSync(new URL('../../man/session-tui.1', import.meta.url), 'utf8');
const program = buildProgram(
  () => undefined,
  () => undefined,
);

function allCommands(command: Command, path: readonly string[] = []): { path: string[]; command: Command }[] {
  return command.commands.flatMap((child) => {
    const here = [...path, child.name()];
    return [{ path: here, command: child }, ...allCommands(child, here)];
  });
}
const commands = allCommands(program);

/** Every `--option` the page names, in mdoc's spelling `Fl -option`. */
const named = new Set([...page.matchAll(/(?:\bFl|,) -([a-z][a-z-]*)/g)].map((match) => `--${match[1]}`));

describe('the man page', () => {
  it('names every option the program has', () => {
    const options = [program, ...commands.map(({ command }) => command)].flatMap(({ options }) =>
      options.map(({ long }) => long ?? ''),
    );
    for (const option of options) expect([...named]).toContain(option);
  });

  it('names no option the program does not have', () => {
    const known = new Set([
      '--help',
      ...[program, ...commands.map(({ command }) => command)].flatMap(({ options }) =>
        options.map(({ long }) => long ?? ''),
      ),
    ]);
    expect([...named].filter((option) => !known.has(option))).toEqual([]);
  });

  it('describes every command, and each option beside its command', () => {
    for (const { path, command } of commands.filter((one) => one.command.commands.length === 0)) {
      const name = path.join(' ');
      const synopsis = page.split('.Nm\n').find((part) => part.startsWith(`.Cm ${name}\n`));
      expect(synopsis, `synopsis of ${name}`).toBeDefined();
      for (const { long } of command.options)
        expect(synopsis, `${name} ${long}`).toContain(`Fl -${long?.slice(2)}`);
      expect(page, `description of ${name}`).toMatch(new RegExp(`^\\.It Cm ${name}(?: |$)`, 'm'));
    }
  });

  it('lists the environment variables that the help names', () => {
    const variables = program.options.flatMap(({ description }) =>
      [...description.matchAll(/\b(SESSION_TUI_[A-Z_]+|NO_COLOR)\b/g)].map((match) => match[1] ?? ''),
    );
    expect(variables.length).toBeGreaterThan(6);
    for (const variable of variables) expect(page).toContain(`.It Ev ${variable}\n`);
  });
});
