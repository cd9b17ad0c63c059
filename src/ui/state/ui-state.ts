/**
 * What only the screen knows: focus, scroll position, dialogs, the composer. A reducer over immutable state; the
 * messenger's own state is read through `Session`.
 */
import type { ConversationView, Message } from '../../core/types.ts';
import type { SafeText } from '../../text/sanitize.ts';
import type { SettingsDialogs } from '../dialogs/settings-state.ts';
import type { Completion } from '../input/completion.ts';
import { type TextBuffer, textBuffer } from '../input/text-buffer.ts';
import type { Keymap } from '../keys/types.ts';
import type { Size } from '../terminal/streams.ts';
import type { CommandDialog } from './command-dialogs.ts';
import type { ListOrder } from './list-order.ts';
import type { InfoDialog, MessageActionDialog } from './message-dialogs.ts';
import type { ReadingDialog } from './reading-dialogs.ts';

export type Focus = 'list' | 'messages' | 'composer';

/** The bottom row of the message view: the newest message, or a message with `below` of its rows hidden. */
export type Anchor = Readonly<{ kind: 'end' }> | Readonly<{ kind: 'message'; id: string; below: number }>;

export type SearchDialog = Readonly<{
  kind: 'search';
  /** id of the conversation that is searched; null: all of them */
  scope: string | null;
  field: TextBuffer;
  /** as they were found, a bounded number */
  found: readonly Message[];
  /** of the chosen one in `found` */
  index: number;
  phase: 'idle' | 'searching' | 'done';
  /** there are more than `found` has */
  more: boolean;
  error: SafeText | null;
}>;

/** About one contact, by the conversation's id. `now`, ms: when it was opened, for what is over by then. */
export type ContactDialog = Readonly<{ contact: string; now: number }> &
  (
    | Readonly<{ kind: 'contact-menu' | 'contact-mute'; index: number }>
    | Readonly<{ kind: 'contact-name'; field: TextBuffer; error: SafeText | null }>
    | Readonly<{ kind: 'contact-confirm'; what: 'decline' | 'block' | 'hide' | 'remove' }>
    | Readonly<{ kind: 'contact-card' }>
  );

/** Whom one has blocked, wherever their conversations are; names as core gives them. */
export type BlockedDialog = Readonly<{
  kind: 'blocked';
  people: readonly Readonly<{ id: string; name: string }>[];
  index: number;
}>;

export type Dialog =
  | SearchDialog
  | ContactDialog
  | BlockedDialog
  | CommandDialog
  | MessageActionDialog
  | Readonly<{ kind: 'palette'; field: TextBuffer; index: number }>
  | Readonly<{ kind: 'new-conversation'; field: TextBuffer; error: SafeText | null; busy: boolean }>
  | SettingsDialogs
  | Readonly<{ kind: 'help'; top: number }>
  | InfoDialog
  | ReadingDialog
  | Readonly<{ kind: 'network'; top: number }>
  | Readonly<{ kind: 'account' }>
  | Readonly<{ kind: 'quit' }>;

/** Where reading had stopped when the conversation was opened: before this message, which so many came with. */
export type UnreadLine = Readonly<{ id: string; count: number }>;

/** The unread conversations as they were when one began to go through them, and what became of each so far. */
export type Triage = Readonly<{
  queue: readonly string[];
  /** index of the one that is open */
  at: number;
  outcomes: ReadonlyMap<string, 'read' | 'muted' | 'later'>;
  answered: ReadonlySet<string>;
}>;

export type Notice = Readonly<{ text: SafeText; tone: 'info' | 'error' }>;

/** Lean: the line to the terminal is slow, so that every byte counts. Null: not measured. */
export type LinkView = Readonly<{ isLean: boolean; roundTripMs: number | null; bytesPerKey: number | null }>;

export type UiState = Readonly<{
  size: Size;
  focus: Focus;
  /** id of the open conversation */
  open: string | null;
  /** the window onto it; null until it is loaded */
  view: ConversationView | null;
  anchor: Anchor;
  /** until the conversation is left or something is sent */
  unreadLine: UnreadLine | null;
  /** id of the selected message */
  selected: string | null;
  /** id of the conversation under the list's cursor */
  listCursor: string | null;
  /** the order of the list as it is held; null: that of now */
  listOrder: ListOrder | null;
  /** whether message requests are shown below their row; null: as long as they are few */
  requestsShown: boolean | null;
  /** index of the first visible row of the list */
  listTop: number;
  composer: TextBuffer;
  /** what can be put in place of what is being typed there; null: nothing is offered */
  completion: Completion | null;
  /** the keys in force */
  keymap: Keymap;
  /** of the composer, where the keymap is modal: whether text is typed, or commands */
  mode: 'insert' | 'normal';
  /** keys of a command or sequence that is not whole yet, as they are shown */
  pendingKeys: string;
  /** the message that the text in a conversation answers, by the conversation's id */
  answered: ReadonlyMap<string, Message>;
  /** going through the unread conversations; null: one does not */
  triage: Triage | null;
  dialog: Dialog | null;
  notice: Notice | null;
  link: LinkView;
  /** Ctrl-C was pressed on an empty composer: pressed again, it quits */
  quitArmed: boolean;
}>;

export type UiEvent =
  | Readonly<{ kind: 'resized'; size: Size }>
  | Readonly<{ kind: 'focused'; focus: Focus }>
  | Readonly<{ kind: 'opened'; conversation: string; composer: TextBuffer; focus: Focus }>
  /** the open conversation is gone */
  | Readonly<{ kind: 'closed' }>
  /** `place`: where in it, if not at its end, and the message to select there */
  | Readonly<{
      kind: 'loaded';
      view: ConversationView;
      unreadLine: UnreadLine | null;
      place?: Readonly<{ id: string | null; anchor: Anchor }>;
    }>
  | Readonly<{ kind: 'unread-line'; line: UnreadLine | null }>
  | Readonly<{ kind: 'list-moved'; cursor: string; top: number }>
  | Readonly<{ kind: 'list-held'; order: ListOrder | null }>
  | Readonly<{ kind: 'requests-shown'; shown: boolean }>
  | Readonly<{ kind: 'edited'; composer: TextBuffer; completion?: Completion | null }>
  | Readonly<{ kind: 'completing'; completion: Completion | null }>
  | Readonly<{ kind: 'answering'; conversation: string; message: Message | null }>
  | Readonly<{ kind: 'scrolled'; anchor: Anchor }>
  | Readonly<{ kind: 'selected'; id: string | null; anchor: Anchor }>
  | Readonly<{ kind: 'triage'; triage: Triage | null }>
  | Readonly<{ kind: 'dialog'; dialog: Dialog | null }>
  | Readonly<{ kind: 'notice'; notice: Notice | null }>
  | Readonly<{ kind: 'link'; link: LinkView }>
  | Readonly<{ kind: 'quit-armed'; armed: boolean }>
  | Readonly<{ kind: 'keymap'; keymap: Keymap }>
  | Readonly<{ kind: 'keys'; mode: UiState['mode']; pendingKeys: string }>;

export const atEnd: Anchor = { kind: 'end' };

/** A search that has not begun, or is to begin as soon as nothing more is typed. */
export function searchFor(scope: string | null, field: TextBuffer): SearchDialog {
  const phase = field.text.trim() === '' ? 'idle' : 'searching';
  return { kind: 'search', scope, field, found: [], index: 0, phase, more: false, error: null };
}

export function initialState(size: Size, keymap: Keymap): UiState {
  return {
    size,
    focus: 'list',
    open: null,
    view: null,
    anchor: atEnd,
    unreadLine: null,
    selected: null,
    listCursor: null,
    listOrder: null,
    requestsShown: null,
    listTop: 0,
    composer: textBuffer(),
    completion: null,
    keymap,
    mode: 'insert',
    pendingKeys: '',
    answered: new Map(),
    triage: null,
    dialog: null,
    notice: null,
    link: { isLean: false, roundTripMs: null, bytesPerKey: null },
    quitArmed: false,
  };
}

export function reduce(state: UiState, event: UiEvent): UiState {
  switch (event.kind) {
    case 'resized':
      return { ...state, size: event.size };
    case 'focused': {
      if (event.focus === state.focus) return state;
      // Messages and composer belong to an open conversation.
      if (event.focus !== 'list' && state.open === null) return state;
      return {
        ...state,
        focus: event.focus,
        selected: event.focus === 'messages' ? state.selected : null,
        completion: null,
        mode: 'insert',
      };
    }
    case 'opened':
      return {
        ...state,
        open: event.conversation,
        listCursor: event.conversation,
        focus: event.focus,
        view: state.open === event.conversation ? state.view : null,
        anchor: atEnd,
        unreadLine: state.open === event.conversation ? state.unreadLine : null,
        selected: null,
        composer: event.composer,
        completion: null,
        mode: 'insert',
        dialog: null,
      };
    case 'loaded': {
      const loaded = { ...state, view: event.view, unreadLine: event.unreadLine };
      if (event.place === undefined) return loaded;
      return { ...loaded, selected: event.place.id, anchor: event.place.anchor };
    }
    case 'unread-line':
      return state.unreadLine === event.line ? state : { ...state, unreadLine: event.line };
    case 'closed':
      return {
        ...state,
        open: null,
        view: null,
        unreadLine: null,
        focus: 'list',
        anchor: atEnd,
        selected: null,
        composer: textBuffer(),
        completion: null,
        mode: 'insert',
      };
    case 'list-moved':
      return { ...state, listCursor: event.cursor, listTop: event.top };
    case 'list-held':
      return state.listOrder === event.order ? state : { ...state, listOrder: event.order };
    case 'requests-shown':
      return { ...state, requestsShown: event.shown };
    case 'edited':
      return { ...state, composer: event.composer, completion: event.completion ?? null };
    case 'completing':
      return state.completion === event.completion ? state : { ...state, completion: event.completion };
    case 'answering': {
      const answered = new Map(state.answered);
      if (event.message === null) answered.delete(event.conversation);
      else answered.set(event.conversation, event.message);
      return { ...state, answered };
    }
    case 'scrolled':
      return sameAnchor(state.anchor, event.anchor) ? state : { ...state, anchor: event.anchor };
    case 'selected':
      return { ...state, selected: event.id, anchor: event.anchor };
    case 'triage':
      return { ...state, triage: event.triage };
    case 'dialog':
      return { ...state, dialog: event.dialog, completion: null };
    case 'notice':
      return state.notice === event.notice ? state : { ...state, notice: event.notice };
    case 'link':
      return { ...state, link: event.link };
    case 'quit-armed':
      return state.quitArmed === event.armed ? state : { ...state, quitArmed: event.armed };
    case 'keymap':
      return { ...state, keymap: event.keymap, mode: 'insert', pendingKeys: '' };
    case 'keys':
      if (state.mode === event.mode && state.pendingKeys === event.pendingKeys) return state;
      return { ...state, mode: event.mode, pendingKeys: event.pendingKeys };
  }
}

/** The message that the text in the composer answers. */
export function answeredBy({ open, answered }: Pick<UiState, 'open' | 'answered'>): Message | null {
  return open === null ? null : (answered.get(open) ?? null);
}

function sameAnchor(a: Anchor, b: Anchor): boolean {
  if (a.kind === 'end' || b.kind === 'end') return a.kind === b.kind;
  return a.id === b.id && a.below === b.below;
}
