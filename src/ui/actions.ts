/**
 * Everything one can do in the chat UI, once: name, title, keys, where they apply, when it makes sense, what it
 * does. Keymap, palette and help are made from this list, so they cannot drift apart.
 */
import { conversationsActions } from './actions/conversations.ts';
import { disappearingActions } from './actions/disappearing.ts';
import { gettingAroundActions } from './actions/getting-around.ts';
import { lookingActions } from './actions/looking.ts';
import { messagesActions } from './actions/messages.ts';
import { peopleActions } from './actions/people.ts';
import { programActions } from './actions/program.ts';
import { triageActions } from './actions/triage.ts';
import type { Action } from './actions/types.ts';
import { writingActions } from './actions/writing.ts';

export type * from './actions/types.ts';

export const actions: readonly Action[] = [
  ...gettingAroundActions,
  ...conversationsActions,
  ...disappearingActions,
  ...triageActions,
  ...peopleActions,
  ...messagesActions,
  ...lookingActions,
  ...writingActions,
  ...programActions,
];
