/** The composer's completion: when its list opens and closes, what it lists, and what is put in. */
import type { Conversation, SessionState } from '../../core/types.ts';
import { safe, sanitizeName, sanitizeText } from '../../text/sanitize.ts';
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

  #entriesOf({ kind, query }: Trigger, buffer: TextBuffer): readonly CompletionEntry[] {
    if (kind === 'command') return commandEntries(query);
    if (kind === 'person') return personEntries(this.#env.session.getState(), this.#env.ui.open, query);
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

/** Whom one has accepted, by the beginning of a word of the name: the name as text, or the Account ID. */
function personEntries(state: SessionState, open: string | null, query: string): CompletionEntry[] {
  const wanted = folded(query);
  const matches = state.conversations.filter(
    ({ kind, name, request }) =>
      kind === 'contact' &&
      !request &&
      folded(name)
        .split(/[\s-]+/)
        .some((word) => word.startsWith(wanted)),
  );
  const here = matches.filter(({ id }) => id === open);
  return [...here, ...matches.filter(({ id }) => id !== open)].slice(0, maxEntries).flatMap(entriesFor);
}

function entriesFor({ id, name: foreign }: Conversation): CompletionEntry[] {
  const name = sanitizeName(foreign);
  const idEntry = {
    label: name === '' ? shortId(id) : name,
    detail: safe(`Account ID ${shortId(id)}`),
    insert: id,
    spaced: true,
    action: null,
  };
  if (name === '') return [idEntry];
  return [{ label: name, detail: shortId(id), insert: name, spaced: true, action: null }, idEntry];
}

/** Without case and marks, as one types a name in a hurry. */
function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
