/** Completion in the composer: what a text before the cursor asks for, and what can be put in its place. Pure. */
import type { SafeText } from '../../text/sanitize.ts';
import type { Action } from '../actions.ts';
import type { TextBuffer } from './text-buffer.ts';

export type TriggerKind = 'emoji' | 'person' | 'command';

/** `:smi`, `@ali` or `/net` before the cursor. */
export type Trigger = Readonly<{
  kind: TriggerKind;
  /** UTF-16 offset of what will be replaced, up to the cursor */
  start: number;
  /** without the sign */
  query: string;
}>;

export type CompletionEntry = Readonly<{
  label: SafeText;
  detail: SafeText;
  /** what is put in place of the trigger */
  insert: string;
  /** a space follows */
  spaced: boolean;
  /** Enter does this instead; null: it puts in what Tab does */
  action: Action | null;
}>;

/** An open list; `index` is -1 while nothing is chosen (only the sign was typed). */
export type Completion = Trigger & Readonly<{ entries: readonly CompletionEntry[]; index: number }>;

const command = /^\/([a-z0-9-]{0,40})$/i;
/** Two letters at least, so that `:D` and `:p` stay what they are; not behind a word, a time or a scheme. */
const emoji = /(?<![\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}:/])(:)([a-z0-9_+-]{2,40})$/iu;
const person = /(?<![\p{L}\p{N}_.@])(@)([\p{L}\p{N}\p{M}_-]{0,40})$/u;
/** No trigger is longer. */
const maxTrigger = 50;

/** What is asked for before the cursor; null: nothing. */
export function triggerAt({ text, cursor }: Pick<TextBuffer, 'text' | 'cursor'>): Trigger | null {
  const before = text.slice(Math.max(0, cursor - maxTrigger), cursor);
  const typed = cursor === before.length ? command.exec(before) : null;
  if (typed !== null && cursor === text.length) return { kind: 'command', start: 0, query: typed[1] ?? '' };
  for (const [kind, pattern] of [
    ['emoji', emoji],
    ['person', person],
  ] as const) {
    const found = pattern.exec(before);
    if (found !== null) {
      const length = (found[1]?.length ?? 0) + (found[2]?.length ?? 0);
      return { kind, start: cursor - length, query: found[2] ?? '' };
    }
  }
  return null;
}

/** The word before the cursor as one asks for a person by it, without a sign; null: there is none. */
export function wordAt({ text, cursor }: Pick<TextBuffer, 'text' | 'cursor'>): Trigger | null {
  const before = text.slice(Math.max(0, cursor - maxTrigger), cursor);
  const query = /[\p{L}\p{N}\p{M}_-]+$/u.exec(before)?.[0];
  return query === undefined ? null : { kind: 'person', start: cursor - query.length, query };
}

/** The choice moved by a step, round and round. */
export function moved(completion: Completion, by: 1 | -1): Completion {
  const { entries, index } = completion;
  const next = index < 0 ? (by > 0 ? 0 : entries.length - 1) : (index + by + entries.length) % entries.length;
  return { ...completion, index: next };
}

export type Shortcode = Readonly<{ from: number; to: number; name: string }>;

const whole = /(?<![\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}:/]):([a-z0-9_+-]{1,40}):/giu;

/** Whole shortcodes (`:smile:`) of which the last colon stands between two offsets, in order. */
export function shortcodesIn(text: string, from: number, to: number): Shortcode[] {
  const start = Math.max(0, from - maxTrigger);
  const out: Shortcode[] = [];
  for (const match of text.slice(start, to).matchAll(whole)) {
    const end = start + match.index + match[0].length;
    if (end > from) out.push({ from: start + match.index, to: end, name: (match[1] ?? '').toLowerCase() });
  }
  return out;
}
