/**
 * What can be done in linear output by typing a slash and a word: the actions of the chat UI, as far as they make
 * sense without a screen. Help is made from this list; a test holds it against `actions.ts`.
 */
import { actions } from '../actions.ts';
import { slashWord } from '../slash.ts';

/** What the words do; `Verbs` implements it. Arguments are what stood behind the word, trimmed. */
export type LinearVerbs = Readonly<{
  help(word: string): void;
  list(which: 'all' | 'unread' | 'requests'): void;
  open(name: string): Promise<void>;
  close(): void;
  search(words: string, where: 'here' | 'everywhere'): Promise<void>;
  read(what: 'older' | 'newer' | 'newest' | 'oldest' | 'first-unread'): Promise<void>;
  goTo(number: string): Promise<void>;
  quoted(number: string): Promise<void>;
  answer(argument: string): void;
  copy(number: string): void;
  info(number: string): Promise<void>;
  next(): Promise<void>;
  timer(time: string): Promise<void>;
  react(argument: string): Promise<void>;
  remove(argument: string): Promise<void>;
  save(argument: string): Promise<void>;
  goToDate(date: string): Promise<void>;
  links(number: string): void;
  hidden(number: string): void;
  whole(number: string): void;
  pipe(argument: string): Promise<void>;
  retry(number: string): Promise<void>;
  edit(): Promise<void>;
  network(): void;
  account(): void;
  copyAccountId(): void;
  qr(): Promise<void>;
  settings(argument: string): Promise<void>;
  mute(time: string | null): Promise<void>;
  pin(pinned: boolean): Promise<void>;
  /** of the open conversation; asks first where something is lost */
  change(what: 'accept' | 'decline' | 'block' | 'unblock' | 'hide' | 'remove'): Promise<void>;
  contact(): void;
  blocked(): Promise<void>;
  copyContactId(): void;
  nickname(name: string): Promise<void>;
  lock(): void;
  suspend(): Promise<void>;
  quit(): Promise<void>;
}>;

export type LinearGroup = 'Conversations' | 'Reading' | 'Messages' | 'Program';

export type LinearCommand = Readonly<{
  /** without the slash; the slash words of its actions mean the same */
  word: string;
  group: LinearGroup;
  /** what follows the word; in brackets where it can be left out; empty: nothing */
  argument: string;
  title: string;
  /** names of the actions of the chat UI that it stands for; their keys run it too, or put the word on the line */
  actions: readonly string[];
  run(verbs: LinearVerbs, argument: string): void | Promise<void>;
}>;

export const linearCommands: readonly LinearCommand[] = [
  {
    word: 'list',
    group: 'Conversations',
    argument: '',
    title: 'All conversations, numbered',
    actions: ['list.open'],
    run: (verbs) => verbs.list('all'),
  },
  {
    word: 'unread',
    group: 'Conversations',
    argument: '',
    title: 'Conversations with unread messages',
    actions: [],
    run: (verbs) => verbs.list('unread'),
  },
  {
    word: 'requests',
    group: 'Conversations',
    argument: '',
    title: 'Message requests: people who are not accepted yet',
    actions: ['requests.show', 'list.requests'],
    run: (verbs) => verbs.list('requests'),
  },
  {
    word: 'open',
    group: 'Conversations',
    argument: 'NAME',
    title: 'Open a conversation by name, number in the list, Account ID or Session name; a new one too',
    actions: ['palette.open', 'conversation.new'],
    run: (verbs, name) => verbs.open(name),
  },
  {
    word: 'next',
    group: 'Conversations',
    argument: '',
    title: 'Open the next conversation with unread messages',
    actions: ['triage.next'],
    run: (verbs) => verbs.next(),
  },
  {
    word: 'close',
    group: 'Conversations',
    argument: '',
    title: 'Leave the open conversation',
    actions: [],
    run: (verbs) => verbs.close(),
  },
  {
    word: 'contact',
    group: 'Conversations',
    argument: '',
    title: 'Who the other one of the open conversation is: name and Account ID',
    actions: ['contact.show'],
    run: (verbs) => verbs.contact(),
  },
  {
    word: 'contact-copy',
    group: 'Conversations',
    argument: '',
    title: 'Copy that Account ID to the clipboard',
    actions: ['contact.copy'],
    run: (verbs) => verbs.copyContactId(),
  },
  {
    word: 'nickname',
    group: 'Conversations',
    argument: '[NAME]',
    title: 'What to call them here; without a name, as they call themselves',
    actions: ['contact.nickname'],
    run: (verbs, name) => verbs.nickname(name),
  },
  {
    word: 'mute',
    group: 'Conversations',
    argument: '[TIME]',
    title: 'Say nothing of new messages in the open conversation, for 30m, 8h, 7d, or for good',
    actions: ['contact.mute'],
    run: (verbs, time) => verbs.mute(time === '' ? 'for good' : time),
  },
  {
    word: 'unmute',
    group: 'Conversations',
    argument: '',
    title: 'Say it again',
    actions: [],
    run: (verbs) => verbs.mute(null),
  },
  {
    word: 'pin',
    group: 'Conversations',
    argument: '',
    title: 'Keep the open conversation at the top of the list',
    actions: ['contact.pin'],
    run: (verbs) => verbs.pin(true),
  },
  {
    word: 'unpin',
    group: 'Conversations',
    argument: '',
    title: 'Pin it no longer',
    actions: [],
    run: (verbs) => verbs.pin(false),
  },
  {
    word: 'accept',
    group: 'Conversations',
    argument: '',
    title: 'Accept the message request of the open conversation; whoever wrote is told',
    actions: ['request.accept'],
    run: (verbs) => verbs.change('accept'),
  },
  {
    word: 'decline',
    group: 'Conversations',
    argument: '',
    title: 'Delete that request with its messages; whoever wrote is told nothing',
    actions: ['request.decline'],
    run: (verbs) => verbs.change('decline'),
  },
  {
    word: 'block',
    group: 'Conversations',
    argument: '',
    title: 'Drop what the other one of the open conversation sends from now on',
    actions: ['contact.block'],
    run: (verbs) => verbs.change('block'),
  },
  {
    word: 'unblock',
    group: 'Conversations',
    argument: '',
    title: 'Take it in again',
    actions: [],
    run: (verbs) => verbs.change('unblock'),
  },
  {
    word: 'blocked',
    group: 'Conversations',
    argument: '',
    title: 'Whom you have blocked; /open and /unblock end it',
    actions: ['blocked.show'],
    run: (verbs) => verbs.blocked(),
  },
  {
    word: 'hide',
    group: 'Conversations',
    argument: '',
    title: 'Take the open conversation off the list until its next message',
    actions: ['contact.hide'],
    run: (verbs) => verbs.change('hide'),
  },
  {
    word: 'timer',
    group: 'Conversations',
    argument: '[TIME]',
    title: 'Let messages disappear here: 12h, 1d send, off; without a time, how it is',
    actions: ['conversation.timer'],
    run: (verbs, time) => verbs.timer(time),
  },
  {
    word: 'remove',
    group: 'Conversations',
    argument: '',
    title: 'Delete the contact with the open conversation, on all devices',
    actions: ['contact.remove'],
    run: (verbs) => verbs.change('remove'),
  },
  {
    word: 'older',
    group: 'Reading',
    argument: '',
    title: 'Ten messages further back',
    actions: ['scroll.up'],
    run: (verbs) => verbs.read('older'),
  },
  {
    word: 'newer',
    group: 'Reading',
    argument: '',
    title: 'Ten messages further on',
    actions: ['scroll.down'],
    run: (verbs) => verbs.read('newer'),
  },
  {
    word: 'newest',
    group: 'Reading',
    argument: '',
    title: 'The newest messages',
    actions: ['scroll.newest'],
    run: (verbs) => verbs.read('newest'),
  },
  {
    word: 'oldest',
    group: 'Reading',
    argument: '',
    title: 'The first messages of the conversation',
    actions: ['scroll.oldest'],
    run: (verbs) => verbs.read('oldest'),
  },
  {
    word: 'first',
    group: 'Reading',
    argument: '',
    title: 'From the first unread message on',
    actions: ['jump.unread'],
    run: (verbs) => verbs.read('first-unread'),
  },
  {
    word: 'go',
    group: 'Reading',
    argument: 'N',
    title: 'To a message by its number, such as one that was found, with those around it',
    actions: [],
    run: (verbs, number) => verbs.goTo(number),
  },
  {
    word: 'date',
    group: 'Reading',
    argument: 'DATE',
    title: 'From a date on: yesterday, last tuesday, 24 Nov, 2026-11-24',
    actions: ['jump.date'],
    run: (verbs, date) => verbs.goToDate(date),
  },
  {
    word: 'quoted',
    group: 'Reading',
    argument: 'N',
    title: 'To the message that message N answers',
    actions: ['jump.quoted'],
    run: (verbs, number) => verbs.quoted(number),
  },
  {
    word: 'search',
    group: 'Reading',
    argument: 'WORDS',
    title: 'Search this conversation, or all where none is open',
    actions: ['search.here'],
    run: (verbs, words) => verbs.search(words, 'here'),
  },
  {
    word: 'search-all',
    group: 'Reading',
    argument: 'WORDS',
    title: 'Search all conversations',
    actions: ['search.all'],
    run: (verbs, words) => verbs.search(words, 'everywhere'),
  },
  {
    word: 'answer',
    group: 'Messages',
    argument: 'N [TEXT]',
    title: 'Answer message N, quoting it; without a text the next line is the answer',
    actions: ['message.answer'],
    run: (verbs, argument) => verbs.answer(argument),
  },
  {
    word: 'edit',
    group: 'Messages',
    argument: '',
    title: 'Write a message in your own editor ($VISUAL or $EDITOR)',
    actions: ['composer.editor'],
    run: (verbs) => verbs.edit(),
  },
  {
    word: 'react',
    group: 'Messages',
    argument: 'N EMOJI',
    title: 'Put an emoji on message N, or take it off again: the emoji, or its name such as :joy:',
    actions: ['message.react'],
    run: (verbs, argument) => verbs.react(argument),
  },
  {
    word: 'delete',
    group: 'Messages',
    argument: 'N [everyone]',
    title: 'Delete message N here, or for everyone if it is your own',
    actions: ['message.delete'],
    run: (verbs, argument) => verbs.remove(argument),
  },
  {
    word: 'save',
    group: 'Messages',
    argument: 'N [FILE]',
    title: 'Save the text of message N to a new file that only you can read',
    actions: ['message.save'],
    run: (verbs, argument) => verbs.save(argument),
  },
  {
    word: 'copy',
    group: 'Messages',
    argument: 'N',
    title: 'Copy the text of message N to the clipboard',
    actions: ['message.copy'],
    run: (verbs, number) => verbs.copy(number),
  },
  {
    word: 'info',
    group: 'Messages',
    argument: 'N',
    title: 'X-ray: what happened with message N, and all else about it',
    actions: ['message.info'],
    run: (verbs, number) => verbs.info(number),
  },
  {
    word: 'links',
    group: 'Messages',
    argument: 'N',
    title: 'The links of message N, whole, and what is to be said about them',
    actions: ['message.links'],
    run: (verbs, number) => verbs.links(number),
  },
  {
    word: 'hidden',
    group: 'Messages',
    argument: 'N',
    title: 'The characters of message N that nobody sees, written out',
    actions: ['message.hidden'],
    run: (verbs, number) => verbs.hidden(number),
  },
  {
    word: 'whole',
    group: 'Messages',
    argument: 'N',
    title: 'All lines of message N',
    actions: ['message.whole'],
    run: (verbs, number) => verbs.whole(number),
  },
  {
    word: 'pipe',
    group: 'Messages',
    argument: 'N COMMAND',
    title: 'Pipe the text of message N into a command of yours, and say what it writes',
    actions: ['message.pipe'],
    run: (verbs, argument) => verbs.pipe(argument),
  },
  {
    word: 'retry',
    group: 'Messages',
    argument: '[N]',
    title: 'Send a message that failed again',
    actions: ['message.retry'],
    run: (verbs, number) => verbs.retry(number),
  },
  {
    word: 'help',
    group: 'Program',
    argument: '[WORD]',
    title: 'These words, or those about one',
    actions: ['help.open'],
    run: (verbs, word) => verbs.help(word),
  },
  {
    word: 'account',
    group: 'Program',
    argument: '',
    title: 'Your own Account ID',
    actions: ['account.show'],
    run: (verbs) => verbs.account(),
  },
  {
    word: 'account-copy',
    group: 'Program',
    argument: '',
    title: 'Copy your own Account ID to the clipboard',
    actions: ['account.copy'],
    run: (verbs) => verbs.copyAccountId(),
  },
  {
    word: 'qr',
    group: 'Program',
    argument: '',
    title: 'Your own Account ID as a QR code, drawn with blocks',
    actions: [],
    run: (verbs) => verbs.qr(),
  },
  {
    word: 'network',
    group: 'Program',
    argument: '',
    title: 'The network: path, proxy, nodes',
    actions: ['network.show'],
    run: (verbs) => verbs.network(),
  },
  {
    word: 'settings',
    group: 'Program',
    argument: '[KEY [VALUE]]',
    title: 'All settings, or one, or change it',
    actions: ['settings.open'],
    run: (verbs, argument) => verbs.settings(argument),
  },
  {
    word: 'lock',
    group: 'Program',
    argument: '',
    title: 'Lock now; after idle time (setting auto-lock) it locks itself',
    actions: ['lock'],
    run: (verbs) => verbs.lock(),
  },
  {
    word: 'suspend',
    group: 'Program',
    argument: '',
    title: 'Back to the shell, until its fg',
    actions: ['suspend'],
    run: (verbs) => verbs.suspend(),
  },
  {
    word: 'quit',
    group: 'Program',
    argument: '',
    title: 'Quit',
    actions: ['quit'],
    run: (verbs) => verbs.quit(),
  },
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
