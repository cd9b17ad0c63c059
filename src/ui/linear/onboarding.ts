/** The first run in words: the steps and the explanations of the full screen's onboarding, asked line by line. */
import type { Messenger, Session } from '../../core/types.ts';
import { SessionTuiError, StoreError } from '../../errors.ts';
import { type SafeText, safe, sanitizeName, sanitizeText } from '../../text/sanitize.ts';
import { errorWords } from '../chat/words.ts';
import { textBuffer } from '../input/text-buffer.ts';
import {
  accountMade,
  advance,
  type Effect,
  failed,
  type Next,
  type Onboarding,
  quizPositions,
  startOnboarding,
} from '../onboarding/state.ts';
import { onboardingForm } from '../onboarding/view.ts';
import type { InputToken } from '../terminal/input-tokenizer.ts';
import { key } from '../terminal/keys.ts';
import type { Asker, Question } from './asking.ts';
import type { Paper } from './paper.ts';
import { joined } from './words.ts';

export type OnboardingOptions = Readonly<{
  messenger: Messenger;
  profile: string;
  password: string | null;
  noPassword: boolean;
  randomBytes: (length: number) => Uint8Array;
  asker: Asker;
  paper: Paper;
  /** the account exists; the session is the caller's from now on, even if the phrase is not yet confirmed */
  onSession: (session: Session) => void;
}>;

/** Rows and columns are no matter here; the words are. */
const size = { columns: 80, rows: 100 };
const enter: InputToken = { kind: 'key', key: key('enter') };
const back: InputToken = { kind: 'key', key: key('escape') };

/** Null once the account is there, or the exit code of a person who gave up. Throws what typing can't mend. */
export async function onboard(options: OnboardingOptions): Promise<number | null> {
  const { asker, paper } = options;
  let state = startOnboarding(options);
  let said: string | null = null;
  for (;;) {
    // The same step again says only what was wrong.
    if (said !== state.step.kind || state.step.kind === 'quiz') paper.say(explanation(state));
    said = state.step.kind;
    const error = 'error' in state.step ? state.step.error : null;
    if (error !== null) paper.say(error);
    const answer = await asker.ask(questionOf(state));
    if (answer.kind === 'quit') return answer.code;
    if (answer.kind === 'back') said = null;
    const { state: next, effect } =
      answer.kind === 'back' ? advance(state, back) : answered(state, answer.text);
    state = next;
    if (effect?.kind === 'quit') return effect.code;
    if (effect?.kind === 'done') return null;
    if (effect === undefined) continue;
    const made = await make(options, state, effect);
    if (made === null) return null;
    state = made;
  }
}

/** The state after making an account, or null if nothing is left to be done. */
async function make(
  options: OnboardingOptions,
  state: Onboarding,
  effect: Extract<Effect, { kind: 'create' | 'restore' }>,
): Promise<Onboarding | null> {
  const { messenger, profile, asker, onSession, randomBytes } = options;
  const request = { profile, name: effect.name, password: effect.password };
  try {
    if (effect.kind === 'restore') {
      const restoring = messenger.restoreAccount({ ...request, phrase: effect.phrase });
      onSession(await asker.slow(safe('Restoring your account…'), restoring));
      return null;
    }
    const session = await asker.slow(safe('Making your account…'), messenger.createAccount(request));
    onSession(session);
    const words = session.recoveryPhrase().split(' ');
    const { accountId } = session.getState().account;
    return accountMade(state, accountId, words, quizPositions(words.length, randomBytes(3)));
  } catch (error) {
    // A full disk or a profile in use is not mended by typing something else.
    if (error instanceof StoreError || !(error instanceof SessionTuiError)) throw error;
    return failed(state, errorWords(error));
  }
}

/** A typed line as the keys that the state machine knows. */
function answered(state: Onboarding, text: string): Next {
  const { step } = state;
  if (step.kind === 'choose') return advance(state, { kind: 'text', text: text.trim() });
  if ('field' in step) return advance({ ...state, step: { ...step, field: textBuffer(text) } }, enter);
  return advance(state, enter);
}

function questionOf({ step }: Onboarding): Question {
  switch (step.kind) {
    case 'choose':
      return { prompt: safe('c or r: '), typed: 'shown' };
    case 'name':
      return { prompt: safe('Display name: '), typed: 'shown', initial: step.field.text };
    case 'password':
      return { prompt: safe('Password: '), typed: 'hidden' };
    case 'password-again':
      return { prompt: safe('Again: '), typed: 'hidden' };
    case 'phrase':
      return { prompt: safe('13 words: '), typed: 'erased' };
    case 'quiz':
      return { prompt: safe('Word: '), typed: 'erased' };
    case 'no-password':
    case 'words':
    case 'working':
      return { prompt: safe('Enter: '), typed: 'hidden' };
  }
}

function explanation(state: Onboarding): SafeText[] {
  const { step, account } = state;
  const { title, words, lines = [] } = onboardingForm(state, size);
  const asked = lines.map(({ text }) => text);
  switch (step.kind) {
    case 'choose':
      return [
        joined(title, safe('.')),
        ...words,
        safe('Type c and Enter to create a new account, or r and Enter to restore one from its 13 words.'),
        safe('At each question: Enter goes on, Esc goes back, Ctrl-Q quits.'),
      ];
    case 'password':
    case 'password-again':
      return [joined(title, safe('.')), ...words, safe('What you type does not show.')];
    case 'no-password':
      return [title, ...words, safe('Enter goes on without a password; Esc goes back to choose one.')];
    case 'phrase':
      return [...words, safe('What you typed is taken off the row once you press Enter.')];
    case 'words':
      return [
        joined(title, safe('.')),
        safe('Your Account ID, to give to others:'),
        sanitizeName(account?.accountId ?? ''),
        ...words.slice(-1),
        ...(account?.words ?? []).map((word, index) => joined(safe(`${index + 1}. `), sanitizeText(word))),
        safe('They stay in what this terminal remembers: clear its scrollback when you have them on paper.'),
        safe('Press Enter when they are written down.'),
      ];
    case 'quiz':
      return [...words, ...asked];
    case 'name':
    case 'working':
      return [...words, ...asked];
  }
}
