/**
 * Everything one can do in the chat UI, once: name, title, keys, where they apply, when it makes sense, what it
 * does. Keymap, palette and help are made from this list, so they cannot drift apart.
 */
import type { SessionState } from '../core/types.ts';
import type { EditCommand } from './input/text-buffer.ts';
import type { UiState } from './state/ui-state.ts';
import type { Chord } from './terminal/keys.ts';

/** What actions can ask of the chat screen; `chat/controller.ts` implements it. */
export type ChatCommands = Readonly<{
  send(): void;
  insert(text: string): void;
  edit(command: EditCommand): void;
  moveRow(direction: -1 | 1): void;
  cycleFocus(direction: -1 | 1): void;
  back(): void;
  clearOrQuit(): void;
  quit(): void;
  openPalette(): void;
  openNewConversation(): void;
  openHelp(): void;
  openNetwork(): void;
  openAccount(): void;
  copyAccountId(): void;
  /** in the open conversation or in all of them */
  openSearch(where: 'here' | 'everywhere'): void;
  moveListCursor(by: number | 'first' | 'last'): void;
  openUnderCursor(): void;
  scrollPages(direction: -1 | 1): void;
  toNewest(): void;
  toOldest(): void;
  toFirstUnread(): void;
  toQuoted(): void;
  selectMessage(direction: -1 | 1): void;
  retrySelected(): void;
  answerSelected(): void;
  showSelected(): void;
  copySelected(): void;
  redraw(): void;
  suspend(): void;
  editOutside(): void;
  lock(): void;
}>;

/** What decides whether an action makes sense now. */
export type ActionState = Readonly<{ ui: UiState; session: SessionState }>;

export type ActionContext = ActionState & Readonly<{ commands: ChatCommands }>;

/**
 * Where a key works: in the list, the messages, the composer; in any text being typed (composer and the fields of
 * dialogs); where no text is being typed; anywhere.
 */
export type Where = 'list' | 'messages' | 'composer' | 'text' | 'not-typing' | 'anywhere';

export type Group = 'Getting around' | 'Conversations' | 'Messages' | 'Writing' | 'Program';

export type Action = Readonly<{
  /** stable; settings and tests refer to it */
  name: string;
  group: Group;
  /** what it does, as palette and help show it */
  title: string;
  keys: readonly Readonly<{ where: Where; chord: Chord }>[];
  /** its key works while a dialog is open too */
  inDialogs?: true;
  /** edits the text being typed: in the composer, or in the field of a dialog or form */
  edit?: EditCommand;
  /** makes sense now; without it: always */
  when?(state: ActionState): boolean;
  run(context: ActionContext): void;
}>;

const at = (where: Where, ...chords: readonly Chord[]) => chords.map((chord) => ({ where, chord }));

const isOpen = ({ ui }: ActionState) => ui.open !== null;
const hasText = ({ ui }: ActionState) => ui.open !== null && ui.composer.text !== '';

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

export const actions: readonly Action[] = [
  {
    name: 'palette.open',
    group: 'Getting around',
    title: 'Find a conversation or an action',
    keys: at('anywhere', 'ctrl-k'),
    run: ({ commands }) => commands.openPalette(),
  },
  {
    name: 'search.all',
    group: 'Getting around',
    title: 'Search all conversations',
    keys: [...at('anywhere', 'ctrl-r'), ...at('list', '/')],
    run: ({ commands }) => commands.openSearch('everywhere'),
  },
  {
    name: 'search.here',
    group: 'Messages',
    title: 'Search this conversation',
    keys: [...at('anywhere', 'ctrl-s'), ...at('messages', '/')],
    when: isOpen,
    run: ({ commands }) => commands.openSearch('here'),
  },
  {
    name: 'conversation.new',
    group: 'Conversations',
    title: 'Start a conversation by Account ID or name',
    keys: at('anywhere', 'ctrl-n'),
    run: ({ commands }) => commands.openNewConversation(),
  },
  {
    name: 'account.show',
    group: 'Conversations',
    title: 'Show your own Account ID',
    keys: at('anywhere', 'f2'),
    run: ({ commands }) => commands.openAccount(),
  },
  {
    name: 'account.copy',
    group: 'Conversations',
    title: 'Copy your own Account ID to the clipboard',
    keys: at('anywhere', 'alt-a'),
    inDialogs: true,
    run: ({ commands }) => commands.copyAccountId(),
  },
  {
    name: 'network.show',
    group: 'Program',
    title: 'Show the network: path, proxy, nodes',
    keys: at('anywhere', 'f3'),
    run: ({ commands }) => commands.openNetwork(),
  },
  {
    name: 'help.open',
    group: 'Getting around',
    title: 'Help: every key',
    keys: [...at('anywhere', 'f1'), ...at('not-typing', '?')],
    inDialogs: true,
    run: ({ commands }) => commands.openHelp(),
  },
  {
    name: 'focus.next',
    group: 'Getting around',
    title: 'Next pane: list, messages, composer',
    keys: at('anywhere', 'tab'),
    run: ({ commands }) => commands.cycleFocus(1),
  },
  {
    name: 'focus.previous',
    group: 'Getting around',
    title: 'Previous pane',
    keys: at('anywhere', 'shift-tab'),
    run: ({ commands }) => commands.cycleFocus(-1),
  },
  {
    name: 'back',
    group: 'Getting around',
    title: 'Back out of whatever is open',
    keys: at('anywhere', 'escape'),
    inDialogs: true,
    run: ({ commands }) => commands.back(),
  },
  {
    name: 'list.up',
    group: 'Conversations',
    title: 'List: one up',
    keys: at('list', 'up'),
    when: ({ session }) => session.conversations.length > 0,
    run: ({ commands }) => commands.moveListCursor(-1),
  },
  {
    name: 'list.down',
    group: 'Conversations',
    title: 'List: one down',
    keys: at('list', 'down'),
    when: ({ session }) => session.conversations.length > 0,
    run: ({ commands }) => commands.moveListCursor(1),
  },
  {
    name: 'list.first',
    group: 'Conversations',
    title: 'List: to the top',
    keys: at('list', 'home'),
    when: ({ session }) => session.conversations.length > 0,
    run: ({ commands }) => commands.moveListCursor('first'),
  },
  {
    name: 'list.last',
    group: 'Conversations',
    title: 'List: to the end',
    keys: at('list', 'end'),
    when: ({ session }) => session.conversations.length > 0,
    run: ({ commands }) => commands.moveListCursor('last'),
  },
  {
    name: 'list.open',
    group: 'Conversations',
    title: 'List: open the conversation',
    keys: at('list', 'enter'),
    when: ({ session }) => session.conversations.length > 0,
    run: ({ commands }) => commands.openUnderCursor(),
  },
  {
    name: 'scroll.up',
    group: 'Messages',
    title: 'Scroll a page up',
    keys: at('anywhere', 'pageup'),
    run: ({ commands }) => commands.scrollPages(-1),
  },
  {
    name: 'scroll.down',
    group: 'Messages',
    title: 'Scroll a page down',
    keys: at('anywhere', 'pagedown'),
    run: ({ commands }) => commands.scrollPages(1),
  },
  {
    name: 'scroll.newest',
    group: 'Messages',
    title: 'To the newest message',
    keys: [...at('anywhere', 'ctrl-end'), ...at('messages', 'end')],
    when: isOpen,
    run: ({ commands }) => commands.toNewest(),
  },
  {
    name: 'scroll.oldest',
    group: 'Messages',
    title: 'To the oldest message loaded, then further back',
    keys: [...at('anywhere', 'ctrl-home'), ...at('messages', 'home')],
    when: isOpen,
    run: ({ commands }) => commands.toOldest(),
  },
  {
    name: 'jump.unread',
    group: 'Messages',
    title: 'To the first unread message',
    keys: at('anywhere', 'alt-n'),
    when: isOpen,
    run: ({ commands }) => commands.toFirstUnread(),
  },
  {
    name: 'jump.quoted',
    group: 'Messages',
    title: 'To the message that the selected one quotes',
    keys: at('messages', 'q'),
    when: isOpen,
    run: ({ commands }) => commands.toQuoted(),
  },
  {
    name: 'message.up',
    group: 'Messages',
    title: 'Select the message above',
    keys: at('messages', 'up'),
    when: isOpen,
    run: ({ commands }) => commands.selectMessage(-1),
  },
  {
    name: 'message.down',
    group: 'Messages',
    title: 'Select the message below',
    keys: at('messages', 'down'),
    when: isOpen,
    run: ({ commands }) => commands.selectMessage(1),
  },
  {
    name: 'message.answer',
    group: 'Messages',
    title: 'Answer the selected message, quoting it',
    keys: at('messages', 'enter', 'a'),
    when: isOpen,
    run: ({ commands }) => commands.answerSelected(),
  },
  {
    name: 'message.copy',
    group: 'Messages',
    title: 'Copy the text of the selected message',
    keys: at('messages', 'c'),
    when: isOpen,
    run: ({ commands }) => commands.copySelected(),
  },
  {
    name: 'message.info',
    group: 'Messages',
    title: 'Show all about the selected message',
    keys: at('messages', 'i'),
    when: isOpen,
    run: ({ commands }) => commands.showSelected(),
  },
  {
    name: 'message.retry',
    group: 'Messages',
    title: 'Send a failed message again',
    keys: at('messages', 'r'),
    when: isOpen,
    run: ({ commands }) => commands.retrySelected(),
  },
  {
    name: 'composer.send',
    group: 'Writing',
    title: 'Send the message',
    keys: at('composer', 'enter'),
    when: hasText,
    run: ({ commands }) => commands.send(),
  },
  {
    name: 'composer.newline',
    group: 'Writing',
    title: 'Start a new line',
    keys: at('composer', 'alt-enter', 'ctrl-j', 'shift-enter', 'ctrl-enter'),
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
    title: 'Cursor up',
    keys: at('composer', 'up'),
    when: hasText,
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
  editing('yank', 'Put back what was cut', ['ctrl-y'], ({ ui }) => ui.composer.killed !== ''),
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
  {
    name: 'lock',
    group: 'Program',
    title: 'Lock now; after idle time (setting auto-lock) it locks itself',
    keys: at('anywhere', 'alt-l'),
    inDialogs: true,
    run: ({ commands }) => commands.lock(),
  },
  {
    name: 'suspend',
    group: 'Program',
    title: 'Suspend: back to the shell, until its fg',
    keys: at('anywhere', 'ctrl-z'),
    inDialogs: true,
    run: ({ commands }) => commands.suspend(),
  },
  {
    name: 'screen.redraw',
    group: 'Program',
    title: 'Draw the screen anew',
    keys: at('anywhere', 'ctrl-l'),
    inDialogs: true,
    run: ({ commands }) => commands.redraw(),
  },
  {
    name: 'quit',
    group: 'Program',
    title: 'Quit',
    keys: at('anywhere', 'ctrl-q'),
    inDialogs: true,
    run: ({ commands }) => commands.quit(),
  },
];
