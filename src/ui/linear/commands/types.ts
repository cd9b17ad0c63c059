/** What a slash word of linear output is; the words themselves stand in the files beside this one. */

/** What the words do; `Verbs` implements it. Arguments are what stood behind the word, trimmed. */
export type LinearVerbs = Readonly<{
  conversations: Readonly<{
    list(which: 'all' | 'unread' | 'requests'): void;
    open(name: string): Promise<void>;
    close(): void;
    next(): Promise<void>;
  }>;
  people: Readonly<{
    contact(): void;
    blocked(): Promise<void>;
    copyContactId(): void;
    nickname(name: string): Promise<void>;
    mute(time: string | null): Promise<void>;
    pin(pinned: boolean): Promise<void>;
    /** of the open conversation; asks first where something is lost */
    change(what: 'accept' | 'decline' | 'block' | 'unblock' | 'hide' | 'remove'): Promise<void>;
    timer(time: string): Promise<void>;
  }>;
  reading: Readonly<{
    search(words: string, where: 'here' | 'everywhere'): Promise<void>;
    read(what: 'older' | 'newer' | 'newest' | 'oldest' | 'first-unread'): Promise<void>;
    goTo(number: string): Promise<void>;
    quoted(number: string): Promise<void>;
    goToDate(date: string): Promise<void>;
  }>;
  messages: Readonly<{
    answer(argument: string): void;
    copy(number: string): void;
    info(number: string): Promise<void>;
    react(argument: string): Promise<void>;
    remove(argument: string): Promise<void>;
    save(argument: string): Promise<void>;
    links(number: string): void;
    hidden(number: string): void;
    whole(number: string): void;
    pipe(argument: string): Promise<void>;
    retry(number: string): Promise<void>;
    edit(): Promise<void>;
  }>;
  program: Readonly<{
    help(word: string): void;
    network(): void;
    account(): void;
    copyAccountId(): void;
    qr(): Promise<void>;
    settings(argument: string): Promise<void>;
    lock(): void;
    suspend(): Promise<void>;
    quit(): Promise<void>;
  }>;
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
