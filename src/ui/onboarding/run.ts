/** Onboarding with its effects: makes or restores the account through the messenger. */
import type { Messenger, Session } from '../../core/types.ts';
import { SessionTuiError, StoreError } from '../../errors.ts';
import { errorWords } from '../chat/words.ts';
import { createFormStage, type FormStage } from '../forms/form-stage.ts';
import type { Size } from '../terminal/streams.ts';
import type { Theme } from '../theme/theme.ts';
import {
  accountMade,
  advance,
  type Effect,
  failed,
  type Onboarding,
  quizPositions,
  startOnboarding,
} from './state.ts';
import { onboardingForm } from './view.ts';

export type OnboardingOptions = Readonly<{
  messenger: Messenger;
  profile: string;
  /** from a password file; not asked for then */
  password: string | null;
  noPassword: boolean;
  size: Size;
  theme: Theme;
  randomBytes(length: number): Uint8Array;
  /** the account exists; the session is held by the caller from now on, even if the phrase is not yet confirmed */
  onSession(session: Session): void;
  onDone(session: Session): void;
  onFailed(error: unknown): void;
  onQuit(code: number): void;
}>;

export function createOnboarding(options: OnboardingOptions): FormStage<Onboarding> {
  const { messenger, profile, password, noPassword, size, theme } = options;
  let session: Session | null = null;
  const stage = createFormStage<Onboarding>(
    startOnboarding({ password, noPassword }),
    size,
    theme,
    onboardingForm,
    (state, token) => {
      const { state: next, effect } = advance(state, token);
      if (next !== state) stage.set(next);
      if (effect !== undefined) perform(effect);
    },
  );

  function perform(effect: Effect): void {
    if (effect.kind === 'quit') options.onQuit(effect.code);
    else if (effect.kind === 'done') {
      if (session !== null) options.onDone(session);
    } else void make(effect);
  }

  async function make(effect: Effect & { kind: 'create' | 'restore' }): Promise<void> {
    const { name, password: chosen } = effect;
    const request = { profile, name, password: chosen };
    try {
      if (effect.kind === 'create') {
        const made = await messenger.createAccount(request);
        session = made;
        options.onSession(made);
        const words = made.recoveryPhrase().split(' ');
        const positions = quizPositions(words.length, options.randomBytes(3));
        stage.set(accountMade(stage.getState(), made.getState().account.accountId, words, positions));
      } else {
        const restored = await messenger.restoreAccount({ ...request, phrase: effect.phrase });
        session = restored;
        options.onSession(restored);
        options.onDone(restored);
      }
    } catch (error) {
      // A full disk or a profile in use is not mended by typing something else.
      if (error instanceof StoreError || !(error instanceof SessionTuiError)) options.onFailed(error);
      else stage.set(failed(stage.getState(), errorWords(error)));
    }
  }
  return stage;
}
