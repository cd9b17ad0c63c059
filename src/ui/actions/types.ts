/** What an action of the chat UI is; the actions themselves stand in the files beside this one. */
import type { SessionState } from '../../core/types.ts';
import type { MessageCommands } from '../chat/acting.ts';
import type { WritingCommands } from '../chat/composing.ts';
import type { CopyCommands } from '../chat/copying.ts';
import type { DialogCommands } from '../chat/dialog-openers.ts';
import type { DisappearingCommands } from '../chat/disappearing.ts';
import type { LinkCommands } from '../chat/lean-link.ts';
import type { LeavingCommands } from '../chat/leaving.ts';
import type { ListCommands } from '../chat/list-moves.ts';
import type { LookingCommands } from '../chat/looking.ts';
import type { PeopleCommands } from '../chat/people.ts';
import type { PipeCommands } from '../chat/piping.ts';
import type { ReadingCommands } from '../chat/reading.ts';
import type { SettingsCommands } from '../chat/settings-keys.ts';
import type { TriageCommands } from '../chat/triage.ts';
import type { EditCommand } from '../input/text-buffer.ts';
import type { Binding, Where } from '../keys/types.ts';
import type { UiState } from '../state/ui-state.ts';
import type { Chord } from '../terminal/keys.ts';

/** What actions can ask of the chat screen; `chat/controller.ts` implements it. */
export type ChatCommands = Readonly<{
  send(): void;
  insert(text: string): void;
  edit(command: EditCommand): void;
  moveRow(direction: -1 | 1): void;
  cycleFocus(direction: -1 | 1): void;
  back(): void;
  scrollPages(direction: -1 | 1): void;
  answerSelected(): void;
  redraw(): void;
  reading: ReadingCommands;
  looking: LookingCommands;
  onMessage: MessageCommands;
  copying: CopyCommands;
  pipes: PipeCommands;
  writing: WritingCommands;
  /** in the person's own editor */
  outside: Readonly<{ edit(): void }>;
  list: ListCommands;
  triage: TriageCommands;
  people: PeopleCommands;
  disappearing: DisappearingCommands;
  dialogs: DialogCommands;
  settings: SettingsCommands;
  link: LinkCommands;
  leaving: LeavingCommands;
}>;

/** What decides whether an action makes sense now. */
export type ActionState = Readonly<{ ui: UiState; session: SessionState }>;

export type ActionContext = ActionState & Readonly<{ commands: ChatCommands }>;

export type { Where } from '../keys/types.ts';

export type Group = 'Getting around' | 'Conversations' | 'People' | 'Messages' | 'Writing' | 'Program';

export type Action = Readonly<{
  /** stable; settings and tests refer to it */
  name: string;
  group: Group;
  /** what it does, as palette and help show it */
  title: string;
  keys: readonly Binding[];
  /** its slash command, where that is not what `slashWord` makes of the name */
  slash?: string;
  /** what its slash command can be given, in one word: `WORDS` */
  takes?: string;
  /** what the palette finds it by as well; found by such a word, it is given what was typed */
  finds?: readonly string[];
  /** its key works while a dialog is open too */
  inDialogs?: true;
  /** edits the text being typed: in the composer, or in the field of a dialog or form */
  edit?: EditCommand;
  /** makes sense now; without it: always */
  when?(state: ActionState): boolean;
  /** what its key says where it makes no sense, with keys as `keyWords` takes them; without it: nothing */
  otherwise?: string | ((state: ActionState) => string);
  run(context: ActionContext): void;
  /** as `run`, with what was typed behind the slash command, which is not empty */
  runWith?(context: ActionContext, argument: string): void;
}>;

/** Keys in one place, for an action's `keys`. */
export const at = (where: Where, ...chords: readonly Chord[]) => chords.map((chord) => ({ where, chord }));

export const isOpen = ({ ui }: ActionState) => ui.open !== null;

/** How to get an open conversation. */
export function noneOpen({ session }: Pick<ActionState, 'session'>): string {
  return session.conversations.length === 0
    ? 'There is no conversation yet: {conversation.new} starts one.'
    : 'Open a conversation first: {list.open} on the list, or {conversation.new}.';
}

/** For what needs an open conversation. */
export const whenOpen = {
  when: isOpen,
  otherwise: noneOpen,
} as const;
export const hasText = ({ ui }: ActionState) => ui.open !== null && ui.composer.text !== '';
