/** The composer's completion: when its list opens and closes, what it lists, and what is put in. */
import type { SessionState } from '../../core/types.ts';
import { joinSafe, type SafeText, safe, sanitizeName, sanitizeText } from '../../text/sanitize.ts';
import { type Action, actions } from '../actions.ts';
import {
  type Completion,
  type CompletionEntry,
  moved,
  type Trigger,
  triggerAt,
  wordAt,
} from '../input/completion.ts';
import { type EmojiList, loadEmoji } from '../input/emoji.ts';
import type { TextBuffer } from '../input/text-buffer.ts';
import { shortId } from '../panes/names.ts';
import { slashLabel, slashWord } from '../slash.ts';
import type { Environment } from './environment.ts';

/** More letters find less. */
const maxEntries = 50;

export class Completing {
  readonly #env: Environment;
  /** loaded when it is first asked for */
  #emoji: EmojiList | null = null;
  /** those without a conversation in the list too; asked for each time a list of people opens */
  #contacts: readonly Person[] = [];
  /** the text for which they were asked for last */
  #askedFor: TextBuffer | null = null;
  /** closed by hand: does not open again before the cursor has left it */
  #dismissed: Trigger | null = null;

  constructor(env: Environment) {
    this.#env = env;
  }

  /** The list for a text as it was just typed; null: none opens. */
  after(buffer: TextBuffer): Completion | null {
    const trigger = triggerAt(buffer);
    if (trigger === null) {
      this.#dismissed = null;
      return null;
    }
    const { kind, start } = trigger;
    if (this.#dismissed?.kind === kind && this.#dismissed.start === start) return null;
    this.#dismissed = null;
    return this.#completionOf(trigger, buffer);
  }

  /** The list for what stands before the cursor, whoever wrote it: a trigger, or a word as part of a name. */
  asked(buffer: TextBuffer): Completion | null {
    this.#dismissed = null;
    const trigger = triggerAt(buffer) ?? wordAt(buffer);
    return trigger === null ? null : this.#completionOf(trigger, buffer);
  }

  close(): void {
    this.#dismissed = this.#env.ui.completion;
    this.#show(null);
  }

  move(by: 1 | -1): void {
    const { completion } = this.#env.ui;
    if (completion !== null) this.#show(moved(completion, by));
  }

  /** Resolves with the emoji, loading them first. */
  async emoji(): Promise<EmojiList> {
    this.#emoji ??= await loadEmoji();
    return this.#emoji;
  }

  #show(completion: Completion | null): void {
    this.#env.store.dispatch({ kind: 'completing', completion });
  }

  #completionOf(trigger: Trigger, buffer: TextBuffer): Completion | null {
    const entries = this.#entriesOf(trigger, buffer);
    if (entries.length === 0) return null;
    return { ...trigger, entries, index: trigger.query === '' ? -1 : 0 };
  }

  #entriesOf(trigger: Trigger, buffer: TextBuffer): readonly CompletionEntry[] {
    const { kind, query } = trigger;
    if (kind === 'command') return commandEntries(query);
    if (kind === 'person') {
      const { completion, open } = this.#env.ui;
      if (completion?.kind !== 'person' && this.#askedFor !== buffer)
        void this.#loadContacts(trigger, buffer);
      return personEntries(this.#env.session.getState(), this.#contacts, open, query);
    }
    if (this.#emoji === null) {
      void this.#loadFor(buffer);
      return [];
    }
    return this.#emoji.like(query, maxEntries).map(({ emoji, name }) => ({
      label: sanitizeText(emoji),
      detail: safe(`:${name}:`),
      insert: emoji,
      spaced: false,
      action: null,
    }));
  }

  async #loadContacts(trigger: Trigger, buffer: TextBuffer): Promise<void> {
    this.#askedFor = buffer;
    try {
      const contacts = await this.#env.session.contacts();
      this.#contacts = contacts
        .filter(({ approved, blocked }) => approved && !blocked)
        .map(({ id, name, nickname }) => ({ id, name: nickname ?? name }));
      const { composer, completion, focus, dialog } = this.#env.ui;
      // What was chosen or closed meanwhile stays so.
      const isUntouched = completion === null ? this.#dismissed === null : completion.index <= 0;
      if (composer === buffer && isUntouched && focus === 'composer' && dialog === null)
        this.#show(this.#completionOf(trigger, buffer));
    } catch {
      // Those in the list are there; the others are offered the next time.
    }
  }

  async #loadFor(buffer: TextBuffer): Promise<void> {
    try {
      await this.emoji();
      if (this.#env.ui.composer === buffer) this.#show(this.after(buffer));
    } catch (error) {
      this.#env.report(error);
    }
  }
}

function commandEntries(query: string): CompletionEntry[] {
  const wanted = query.toLowerCase();
  const rank = (action: Action): number => {
    const word = slashWord(action);
    if (word === wanted) return 0;
    return word.startsWith(wanted) ? 1 : word.includes(`-${wanted}`) ? 2 : -1;
  };
  const ranked = actions
    .map((action) => ({ action, rank: rank(action) }))
    .toSorted((a, b) => slashWord(a.action).length - slashWord(b.action).length);
  return [0, 1, 2]
    .flatMap((wantedRank) => ranked.filter((one) => one.rank === wantedRank))
    .map(({ action, rank }) => ({
      label: safe(slashLabel(action)),
      detail: safe(action.title),
      insert: `/${slashWord(action)}`,
      spaced: action.takes !== undefined,
      // What can be given more waits for it, unless the whole word was typed.
      action: action.takes === undefined || rank === 0 ? action : null,
    }));
}

type Person = Readonly<{ id: string; name: string }>;

/**
 * Whom one has accepted, by the beginning of a word of the name, those of the open conversation first: the name as
 * text, or the Account ID; where several people read it, a mention.
 */
function personEntries(
  { conversations }: SessionState,
  contacts: readonly Person[],
  open: string | null,
  query: string,
): CompletionEntry[] {
  const wanted = folded(query);
  const known = new Map<string, Person>();
  const hidden = new Set(conversations.filter(({ request }) => request).map(({ id }) => id));
  for (const person of [...conversations.filter(({ kind }) => kind === 'contact'), ...contacts])
    if (!hidden.has(person.id) && !known.has(person.id)) known.set(person.id, person);
  const matches = [...known.values()].filter(({ name }) =>
    folded(name)
      .split(/[\s-]+/)
      .some((word) => word.startsWith(wanted)),
  );
  const here = conversations.find(({ id }) => id === open);
  const isShared = here?.kind === 'group' || here?.kind === 'community';
  return matches
    .toSorted((one, other) => Number(other.id === open) - Number(one.id === open))
    .slice(0, maxEntries)
    .flatMap((person) => entriesFor(person, isShared));
}

function entriesFor({ id, name: foreign }: Person, isShared: boolean): CompletionEntry[] {
  const name = sanitizeName(foreign);
  const label = name === '' ? shortId(id) : name;
  const entry = (insert: string, detail: SafeText): CompletionEntry => ({
    label,
    detail,
    insert,
    spaced: true,
    action: null,
  });
  const short = shortId(id);
  const entries = isShared ? [entry(`@${id}`, joinSafe([safe('mention'), short], safe(' ')))] : [];
  if (name !== '') entries.push(entry(name, short));
  if (!isShared) entries.push(entry(id, joinSafe([safe('Account ID'), short], safe(' '))));
  return entries;
}

/** Without case and marks, as one types a name in a hurry. */
function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
