import { describe, expect, it } from 'vitest';
import { actions } from '../../../src/ui/actions.ts';
import {
  commandOf,
  commandsNamed,
  linearCommands,
  withoutWord,
  wordsOf,
} from '../../../src/ui/linear/commands.ts';
import { slashWord } from '../../../src/ui/slash.ts';

const reasonOf = (name: string) =>
  Object.entries(withoutWord).find(([key]) => (key.endsWith('.') ? name.startsWith(key) : name === key))?.[1];

describe('what can be done line by line', () => {
  it('is every action of the chat UI, by its slash word, or one that the table says why not', () => {
    const lost = actions.filter((action) => {
      const command = commandOf(action.name);
      if (command === null) return reasonOf(action.name) === undefined;
      const [meant, ...others] = commandsNamed(slashWord(action));
      return meant !== command || others.length > 0 || reasonOf(action.name) !== undefined;
    });
    // A new action: give it a word in src/ui/linear/commands/, or say in commands.ts why it has none.
    expect(lost.map(({ name }) => name)).toEqual([]);
  });

  it('refers to actions that there are', () => {
    const names = actions.map(({ name }) => name);
    for (const command of linearCommands) for (const name of command.actions) expect(names).toContain(name);
    for (const key of Object.keys(withoutWord))
      expect(names.some((name) => (key.endsWith('.') ? name.startsWith(key) : name === key))).toBe(true);
  });

  it('has words of its own for each, none twice, and says in a sentence what it does', () => {
    for (const word of linearCommands.flatMap(wordsOf))
      expect(linearCommands.filter((command) => wordsOf(command).includes(word))).toHaveLength(1);
    for (const { word, title } of linearCommands) {
      expect(word).toMatch(/^[a-z][a-z-]*$/);
      expect(title).toMatch(/^[A-Z].*[^.]$/);
      expect(commandsNamed(word)).toHaveLength(1);
    }
  });

  it('takes the beginning of a word where it is that of one only', () => {
    expect(commandsNamed('ope').map(({ word }) => word)).toEqual(['open']);
    expect(commandsNamed('o').map(({ word }) => word)).toEqual(['open', 'older', 'oldest']);
    expect(commandsNamed('older').map(({ word }) => word)).toEqual(['older']);
    expect(commandsNamed('nonsense')).toEqual([]);
  });
});
