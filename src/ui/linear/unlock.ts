/** Asks for the profile's password until it fits. A wrong one changes nothing. */
import type { Messenger, Session } from '../../core/types.ts';
import { StoreError } from '../../errors.ts';
import { joinSafe, safe, sanitizeName } from '../../text/sanitize.ts';
import { errorWords } from '../chat/words.ts';
import type { Asker } from './asking.ts';
import type { Paper } from './paper.ts';

export type UnlockOptions = Readonly<{
  messenger: Pick<Messenger, 'openSession'>;
  profile: string;
  asker: Asker;
  paper: Paper;
}>;

/** The session, or the exit code of a person who gave up. Throws what asking again can't mend. */
export async function unlock({ messenger, profile, asker, paper }: UnlockOptions): Promise<Session | number> {
  paper.say(
    joinSafe(
      [
        safe('Profile'),
        sanitizeName(profile),
        safe('is encrypted with its password. What you type does not show. Ctrl-C quits.'),
      ],
      safe(' '),
    ),
  );
  for (;;) {
    const answer = await asker.ask({ prompt: safe('Password: '), typed: 'hidden' });
    if (answer.kind === 'quit') return answer.code;
    if (answer.kind === 'back') continue;
    if (answer.text === '') {
      paper.say(safe('Type the password of this profile.'));
      continue;
    }
    try {
      const words = safe('Checking the password… After wrong ones the next try waits a little.');
      return await asker.slow(words, messenger.openSession(profile, answer.text, {}));
    } catch (error) {
      asker.dropAhead();
      if (error instanceof StoreError && error.code === 'wrong-password')
        paper.say(safe('That is not the password of this profile. Nothing was changed; try again.'));
      else if (error instanceof StoreError) throw error;
      else paper.say(errorWords(error));
    }
  }
}
