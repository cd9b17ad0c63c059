/** The unlock screen: asks for the profile's password until it fits. A wrong one changes nothing. */
import type { Messenger, Session } from '../../core/types.ts';
import { StoreError } from '../../errors.ts';
import { joinSafe, type SafeText, safe, sanitizeName } from '../../text/sanitize.ts';
import { errorWords } from '../chat/words.ts';
import { type TextBuffer, textBuffer } from '../input/text-buffer.ts';
import { chordOf } from '../terminal/keys.ts';
import type { Size } from '../terminal/streams.ts';
import type { Theme } from '../theme/theme.ts';
import { typeInto } from './field-input.ts';
import { createFormStage, type FormStage } from './form-stage.ts';
import type { Form } from './form-view.ts';

export type UnlockState = Readonly<{ field: TextBuffer; error: SafeText | null; busy: boolean }>;

export type UnlockOptions = Readonly<{
  messenger: Pick<Messenger, 'openSession'>;
  profile: string;
  size: Size;
  theme: Theme;
  onOpened(session: Session): void;
  /** what asking again can't mend */
  onFailed(error: unknown): void;
  /** the person gave up */
  onQuit(code: number): void;
}>;

export function createUnlock(options: UnlockOptions): FormStage<UnlockState> {
  const { messenger, profile, size, theme, onOpened, onFailed, onQuit } = options;
  const initial: UnlockState = { field: textBuffer(), error: null, busy: false };
  const stage = createFormStage<UnlockState>(
    initial,
    size,
    theme,
    (state) => unlockForm(state, profile),
    (state, token) => {
      const chord = token.kind === 'key' ? chordOf(token.key) : '';
      if (chord === 'ctrl-q') onQuit(0);
      else if (chord === 'ctrl-c' && (state.busy || state.field.text === '')) onQuit(130);
      else if (state.busy) return;
      else if (chord === 'ctrl-c' || chord === 'escape') stage.set({ ...state, field: textBuffer() });
      else if (chord === 'enter') void tryPassword(state.field.text);
      else stage.set({ ...state, field: typeInto(state.field, token) });
    },
  );

  async function tryPassword(password: string): Promise<void> {
    if (password === '') {
      stage.set({ ...initial, error: safe('Type the password of this profile.') });
      return;
    }
    stage.set({ field: textBuffer(), error: null, busy: true });
    try {
      onOpened(await messenger.openSession(profile, password, {}));
    } catch (error) {
      if (error instanceof StoreError && error.code === 'wrong-password')
        stage.set({
          ...initial,
          error: safe('That is not the password of this profile. Nothing was changed; try again.'),
        });
      else if (error instanceof StoreError) onFailed(error);
      else stage.set({ ...initial, error: errorWords(error) });
    }
  }
  return stage;
}

function unlockForm({ field, error, busy }: UnlockState, profile: string): Form {
  const title = joinSafe([safe('Unlock profile'), sanitizeName(profile)], safe(' '));
  const words = [safe('Everything of this profile on this machine is encrypted with its password.')];
  if (busy)
    return {
      title,
      words: [...words, safe('Checking the password… After wrong ones the next try waits a little.')],
      footer: safe('Ctrl-Q quits'),
    };
  return {
    title,
    words,
    field: { buffer: field, placeholder: safe('Password'), masked: true },
    error,
    footer: safe('Enter unlocks · Ctrl-Q quits'),
  };
}
