/** The composer, and every field in which text is typed. */
import type { EditCommand } from '../input/text-buffer.ts';
import type { Chord } from '../terminal/keys.ts';
import { type Action, type ActionState, at, hasText, isOpen } from './types.ts';

function editing(
  command: EditCommand,
  title: string,
  chords: readonly Chord[],
  when: (state: ActionState) => boolean = hasText,
): Action {
  return {
    name: `edit.${command}`,
    group: 'Writing',
    title,
    keys: at('text', ...chords),
    edit: command,
    when,
    run: ({ commands }) => commands.edit(command),
  };
}

export const writingActions: readonly Action[] = [
  {
    name: 'composer.send',
    group: 'Writing',
    title: 'Send the message; /word runs a command of this program, !line one of your shell',
    keys: at('composer', 'enter'),
    when: hasText,
    run: ({ commands }) => commands.send(),
  },
  {
    name: 'composer.newline',
    group: 'Writing',
    title: 'Start a new line',
    keys: at('composer', 'ctrl-j', 'alt-enter', 'shift-enter', 'ctrl-enter'),
    when: isOpen,
    run: ({ commands }) => commands.insert('\n'),
  },
  {
    name: 'composer.editor',
    group: 'Writing',
    title: 'Write the message in your own editor ($VISUAL or $EDITOR)',
    keys: at('anywhere', 'alt-e'),
    when: isOpen,
    run: ({ commands }) => commands.editOutside(),
  },
  {
    name: 'composer.up',
    group: 'Writing',
    title: 'Cursor up; from an empty composer: what you sent before',
    keys: at('composer', 'up'),
    when: isOpen,
    run: ({ commands }) => commands.moveRow(-1),
  },
  {
    name: 'composer.down',
    group: 'Writing',
    title: 'Cursor down',
    keys: at('composer', 'down'),
    when: hasText,
    run: ({ commands }) => commands.moveRow(1),
  },
  {
    name: 'composer.complete',
    group: 'Writing',
    title: 'Complete :emoji, @name, /command or part of a name',
    keys: at('composer', 'ctrl-space', 'alt-/'),
    when: isOpen,
    run: ({ commands }) => commands.writing.complete(),
  },
  {
    name: 'history.older',
    group: 'Writing',
    title: 'What you sent before in this conversation',
    keys: at('composer', 'alt-up'),
    when: isOpen,
    run: ({ commands }) => commands.writing.recall(-1),
  },
  {
    name: 'history.newer',
    group: 'Writing',
    title: 'What you sent after that; at last what stood here',
    keys: at('composer', 'alt-down'),
    when: isOpen,
    run: ({ commands }) => commands.writing.recall(1),
  },
  editing('left', 'Cursor left', ['left', 'ctrl-b']),
  editing('right', 'Cursor right', ['right', 'ctrl-f']),
  editing('word-left', 'Cursor one word left', ['ctrl-left', 'alt-left', 'alt-b']),
  editing('word-right', 'Cursor one word right', ['ctrl-right', 'alt-right', 'alt-f']),
  editing('line-start', 'Cursor to the start of the line', ['home', 'ctrl-a']),
  editing('line-end', 'Cursor to the end of the line', ['end', 'ctrl-e']),
  editing('text-start', 'Cursor to the start of the text', ['alt-<']),
  editing('text-end', 'Cursor to the end of the text', ['alt->']),
  editing('backspace', 'Delete to the left', ['backspace', 'shift-backspace']),
  editing('delete', 'Delete to the right', ['delete', 'ctrl-d']),
  editing('kill-word-left', 'Cut the word to the left', ['ctrl-w', 'alt-backspace', 'ctrl-backspace']),
  editing('kill-word-right', 'Cut the word to the right', ['alt-d', 'ctrl-delete', 'alt-delete']),
  editing('kill-line-start', 'Cut to the start of the line', ['ctrl-u']),
  editing('kill-line-end', 'Cut to the end of the line', ['alt-k']),
  editing('yank', 'Put back what was cut', ['ctrl-y'], ({ ui }) => ui.composer.kills.length > 0),
  editing(
    'yank-older',
    'After that: put back what was cut before, in its place',
    ['alt-y'],
    ({ ui }) => ui.composer.kills.length > 1,
  ),
  editing('undo', 'Undo', ['ctrl-_', 'alt-u'], ({ ui }) => ui.composer.undo.length > 0),
  editing('redo', 'Redo', ['alt-_', 'alt-z'], ({ ui }) => ui.composer.redo.length > 0),
  {
    name: 'composer.clear',
    group: 'Writing',
    title: 'Clear the composer; twice on an empty one: quit',
    keys: at('anywhere', 'ctrl-c'),
    inDialogs: true,
    run: ({ commands }) => commands.clearOrQuit(),
  },
];
