/**
 * What can be done in linear output by typing a slash and a word: the actions of the chat UI, as far as they make
 * sense without a screen. Help is made from this list; a test holds it against `actions.ts`.
 */
import { actions } from '../actions.ts';
import { slashWord } from '../slash.ts';
import { conversations } from './commands/conversations.ts';
import { messages } from './commands/messages.ts';
import { program } from './commands/program.ts';
import { reading } from './commands/reading.ts';
import type { LinearCommand } from './commands/types.ts';

export type { LinearCommand, LinearGroup, LinearVerbs } from './commands/types.ts';

export const linearCommands: readonly LinearCommand[] = [
  ...conversations,
  ...reading,
  ...messages,
  ...program,
];

/** Actions of the chat UI that have no word here, and why. A name that ends with `.` stands for all that begin so. */
export const withoutWord: Readonly<Record<string, string>> = {
  'focus.': 'there are no panes; Tab completes words and names',
  back: 'Esc gives up an answer; /close leaves a conversation',
  'contact.menu': 'each of its entries has a word of its own',
  'list.up': 'there is no list to move in: /list and /open',
  'list.down': 'there is no list to move in: /list and /open',
  'list.first': 'there is no list to move in: /list and /open',
  'list.last': 'there is no list to move in: /list and /open',
  'list.update': 'a list that was said does not change',
  'triage.later': '/unread says what is left, and /open goes there',
  'triage.mute': '/mute',
  'triage.stop': 'there is nothing to stop: /next is one step',
  'message.up': 'messages are named by their number',
  'message.down': 'messages are named by their number',
  'screen.redraw': 'the key says the line being typed again',
  'edit.': 'the same keys edit the line being typed',
  'composer.send': 'Enter',
  'composer.newline': 'the same keys',
  'composer.up': 'Up brings back what was typed before',
  'composer.down': 'Down goes on to what was typed later',
  'composer.clear': 'the same key',
  'composer.complete': 'Tab, for words and names',
  'history.': 'Up and Down bring back what was typed',
  'link.toggle': 'it is as lean as can be',
  'keys.open': 'other keys are given on the full screen, or in the file with one’s own keys',
};

/** The command of an action, or null. */
export function commandOf(action: string): LinearCommand | null {
  return linearCommands.find(({ actions }) => actions.includes(action)) ?? null;
}

/** All words of a command: its own, and those that the chat UI has for its actions. */
export function wordsOf({ word, actions: names }: LinearCommand): readonly string[] {
  return [word, ...actions.filter(({ name }) => names.includes(name)).map(slashWord)];
}

/** What a typed word means: the command of that word, else the only one whose own begins so; several if it is not sure. */
export function commandsNamed(word: string): readonly LinearCommand[] {
  const own = linearCommands.filter((command) => command.word === word);
  if (own.length > 0) return own;
  const named = linearCommands.filter((command) => wordsOf(command).includes(word));
  return named.length > 0 ? named : linearCommands.filter((command) => command.word.startsWith(word));
}

export function needsArgument({ argument }: LinearCommand): boolean {
  return argument !== '' && !argument.startsWith('[');
}
