/** First run as a pure state machine: make an account or restore one, name, password, the phrase and its test. */
import { type SafeText, safe } from '../../text/sanitize.ts';
import { utf8Encode } from '../../util/bytes.ts';
import { typeInto } from '../forms/field-input.ts';
import { type TextBuffer, textBuffer } from '../input/text-buffer.ts';
import type { InputToken } from '../terminal/input-tokenizer.ts';
import { chordOf } from '../terminal/keys.ts';

export type Way = 'create' | 'restore';

export type Step =
  | Readonly<{ kind: 'choose'; way: Way }>
  | Readonly<{ kind: 'name'; field: TextBuffer; error: SafeText | null }>
  | Readonly<{ kind: 'password'; field: TextBuffer }>
  | Readonly<{ kind: 'password-again'; field: TextBuffer; error: SafeText | null }>
  | Readonly<{ kind: 'no-password' }>
  | Readonly<{ kind: 'phrase'; field: TextBuffer; error: SafeText | null }>
  | Readonly<{ kind: 'working' }>
  /** the account exists; its words are shown */
  | Readonly<{ kind: 'words' }>
  | Readonly<{ kind: 'quiz'; asked: number; field: TextBuffer; error: SafeText | null }>;

export type Onboarding = Readonly<{
  step: Step;
  way: Way;
  name: string;
  /** null: none (yet) */
  password: string | null;
  /** the password was settled on the command line: it is not asked for */
  passwordIsGiven: boolean;
  /** once the account exists: its ID, its 13 words, and which of them are asked back (indexes) */
  account: Readonly<{ accountId: string; words: readonly string[]; positions: readonly number[] }> | null;
}>;

export type Effect =
  | Readonly<{ kind: 'create'; name: string; password: string | null }>
  | Readonly<{ kind: 'restore'; name: string; password: string | null; phrase: string }>
  | Readonly<{ kind: 'done' }>
  | Readonly<{ kind: 'quit'; code: number }>;

export type Next = Readonly<{ state: Onboarding; effect?: Effect }>;

export function startOnboarding(
  given: Readonly<{ password: string | null; noPassword: boolean }>,
): Onboarding {
  return {
    step: { kind: 'choose', way: 'create' },
    way: 'create',
    name: '',
    password: given.password,
    passwordIsGiven: given.password !== null || given.noPassword,
    account: null,
  };
}

const maxNameBytes = 100;

/** What a token does. */
export function advance(state: Onboarding, token: InputToken): Next {
  const chord = token.kind === 'key' ? chordOf(token.key) : '';
  if (chord === 'ctrl-q') return { state, effect: { kind: 'quit', code: 0 } };
  if (chord === 'ctrl-c') return { state, effect: { kind: 'quit', code: 130 } };
  const { step } = state;
  switch (step.kind) {
    case 'choose':
      return choose(state, step.way, chord, token);
    case 'no-password':
      if (chord === 'enter') return afterPassword({ ...state, password: null });
      return chord === 'escape' ? to(state, { kind: 'password', field: textBuffer() }) : { state };
    case 'words':
      return chord === 'enter' ? to(state, quiz(0)) : { state };
    case 'working':
      return { state };
    default:
      if (chord === 'enter') return submit(state, step);
      if (chord === 'escape') return goBack(state, step.kind);
      return to(state, withField(step, typeInto(step.field, token)));
  }
}

/** The account exists: its words are shown next. `positions` are indexes into `words`. */
export function accountMade(
  state: Onboarding,
  accountId: string,
  words: readonly string[],
  positions: readonly number[],
): Onboarding {
  return { ...state, step: { kind: 'words' }, password: null, account: { accountId, words, positions } };
}

/** Making or restoring failed: back to where it can be mended, with the reason. */
export function failed(state: Onboarding, error: SafeText): Onboarding {
  if (state.way === 'restore') return { ...state, step: { kind: 'phrase', field: textBuffer(), error } };
  return { ...state, step: { kind: 'name', field: textBuffer(state.name), error } };
}

/** Three different places in the phrase, in order, from random bytes. */
export function quizPositions(count: number, random: Uint8Array): number[] {
  const left = Array.from({ length: count }, (_, index) => index);
  const chosen: number[] = [];
  for (const byte of random.slice(0, 3)) chosen.push(...left.splice(byte % left.length, 1));
  return chosen.sort((a, b) => a - b);
}

function to(state: Onboarding, step: Step): Next {
  return { state: { ...state, step } };
}

function choose(state: Onboarding, way: Way, chord: string, token: InputToken): Next {
  if (chord === 'up' || chord === 'down' || chord === 'tab' || chord === 'shift-tab')
    return to(state, { kind: 'choose', way: way === 'create' ? 'restore' : 'create' });
  const letter = token.kind === 'text' ? token.text.charAt(0).toLowerCase() : '';
  const chosen = letter === 'c' ? 'create' : letter === 'r' ? 'restore' : chord === 'enter' ? way : null;
  if (chosen === null) return { state };
  return to({ ...state, way: chosen }, { kind: 'name', field: textBuffer(state.name), error: null });
}

type FieldStep = Extract<Step, { field: TextBuffer }>;

function withField(step: FieldStep, field: TextBuffer): FieldStep {
  return field === step.field ? step : { ...step, field };
}

function submit(state: Onboarding, step: FieldStep): Next {
  const text = step.field.text;
  switch (step.kind) {
    case 'name': {
      const name = text.trim();
      const bytes = utf8Encode(name).length;
      if (bytes > maxNameBytes) {
        const error = safe(`Too long by ${bytes - maxNameBytes} bytes: a name has at most ${maxNameBytes}.`);
        return to(state, { ...step, error });
      }
      const named = { ...state, name };
      if (state.passwordIsGiven) return afterPassword(named);
      return to(named, { kind: 'password', field: textBuffer() });
    }
    case 'password':
      if (text === '') return to(state, { kind: 'no-password' });
      return to({ ...state, password: text }, { kind: 'password-again', field: textBuffer(), error: null });
    case 'password-again':
      if (text === state.password) return afterPassword(state);
      return to(state, {
        kind: 'password-again',
        field: textBuffer(),
        error: safe('That was another one. Type the same password again, or press Esc to choose anew.'),
      });
    case 'phrase':
      if (text.trim() === '') return to(state, { ...step, error: safe('Type the 13 words.') });
      return {
        state: { ...state, step: { kind: 'working' } },
        effect: { kind: 'restore', name: state.name, password: state.password, phrase: text },
      };
    case 'quiz':
      return answer(state, step);
  }
}

function afterPassword(state: Onboarding): Next {
  if (state.way === 'restore') return to(state, { kind: 'phrase', field: textBuffer(), error: null });
  return {
    state: { ...state, step: { kind: 'working' } },
    effect: { kind: 'create', name: state.name, password: state.password },
  };
}

function goBack(state: Onboarding, from: FieldStep['kind']): Next {
  switch (from) {
    case 'name':
      return to(state, { kind: 'choose', way: state.way });
    case 'password':
      return to(state, { kind: 'name', field: textBuffer(state.name), error: null });
    case 'password-again':
      return to({ ...state, password: null }, { kind: 'password', field: textBuffer() });
    case 'phrase':
      return to(state, { kind: 'name', field: textBuffer(state.name), error: null });
    case 'quiz':
      return to(state, { kind: 'words' });
  }
}

function quiz(asked: number): Step {
  return { kind: 'quiz', asked, field: textBuffer(), error: null };
}

function answer(state: Onboarding, step: Step & { kind: 'quiz' }): Next {
  const { account } = state;
  const position = account?.positions[step.asked];
  if (account === null || position === undefined) return { state, effect: { kind: 'done' } };
  if (step.field.text.trim().toLowerCase() !== account.words[position]) {
    const error = safe(
      `That is not word ${position + 1}. Look at what you wrote down; Esc shows the words again.`,
    );
    return to(state, { ...step, field: textBuffer(), error });
  }
  if (step.asked + 1 < account.positions.length) return to(state, quiz(step.asked + 1));
  return { state, effect: { kind: 'done' } };
}
