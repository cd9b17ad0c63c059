/** What the message view shows, from the three states behind it: screen, session, window. Shared by pane and controller. */
import type { Conversation, MessageWindow, SessionState } from '../../core/types.ts';
import { keyOf } from '../keys/hints.ts';
import type { Keymap, Where } from '../keys/types.ts';
import type { People } from '../panes/mentions.ts';
import type { MessageLine } from '../panes/message-block.ts';
import { messageBlocks, senderName } from '../panes/messages-pane.ts';
import { conversationTitle, shortId, you } from '../panes/names.ts';
import type { ChatLayout } from '../state/layout.ts';
import { cursorPlaces, type ListContent, requestsRow } from '../state/list-order.ts';
import type { Blocks } from '../state/scroll.ts';
import type { UiState, UnreadLine } from '../state/ui-state.ts';
import type { Theme } from '../theme/theme.ts';

/** Below this many rows of messages, groups stand without blank lines between them. */
const compactBelow = 14;

/** Where a key is pressed while a message is selected, as `placesOf` says it; the keymap is made of what uses this. */
const whileReading: readonly Where[] = ['messages', 'not-typing', 'anywhere'];

export function openConversationOf(
  session: Pick<SessionState, 'conversations'>,
  open: string | null,
): Conversation | undefined {
  return open === null ? undefined : session.conversations.find(({ id }) => id === open);
}

export function blocksOf(
  window: MessageWindow,
  conversation: Conversation | undefined,
  layout: ChatLayout,
  theme: Theme,
  unreadLine: UnreadLine | null,
  people: People,
  keymap: Keymap,
): Blocks<MessageLine> {
  return messageBlocks(window, {
    width: layout.conversationWidth,
    theme,
    compact: layout.messageRows < compactBelow,
    nameOf: (message, room) => senderName(message, conversation, room),
    unreadLine,
    people,
    keys: {
      whole: keyOf(keymap, 'message.whole', whileReading),
      retry: keyOf(keymap, 'message.retry', whileReading),
    },
  });
}

const known = new WeakMap<SessionState['conversations'], People>();

/** What people are called in texts that mention them; the same object as long as no conversation changes. */
export function peopleOf({
  account,
  conversations,
}: Pick<SessionState, 'account' | 'conversations'>): People {
  let people = known.get(conversations);
  if (people === undefined) {
    const isOwn = (id: string) => id === account.accountId;
    people = {
      isOwn,
      nameOf(id) {
        if (isOwn(id)) return you;
        const contact = conversations.find((one) => one.id === id);
        return contact === undefined ? shortId(id) : conversationTitle(contact);
      },
    };
    known.set(conversations, people);
  }
  return people;
}

/** The conversation pane is on the screen (beside the list, or instead of it). */
export function showsConversation(layout: ChatLayout, ui: Pick<UiState, 'open'>): boolean {
  return ui.open !== null && (layout.mode === 'both' || layout.mode === 'conversation');
}

type ListUi = Pick<UiState, 'listCursor' | 'open' | 'listOrder' | 'requestsShown'>;

/** What the list shows. */
export function listContentOf(
  { conversations }: Pick<SessionState, 'conversations'>,
  { listOrder: order, requestsShown }: Pick<UiState, 'listOrder' | 'requestsShown'>,
): ListContent {
  return { conversations, order, requestsShown };
}

/** What is under the list's cursor: what it was moved to, else the open conversation, else the first one. */
export function listCursorOf(session: Pick<SessionState, 'conversations'>, ui: ListUi): string | null {
  const places = cursorPlaces(listContentOf(session, ui));
  for (const id of [ui.listCursor, ui.open]) if (id !== null && places.includes(id)) return id;
  // Nobody's request is opened by an Enter at the start.
  const known = new Set(session.conversations.flatMap((one) => (one.request ? [] : one.id)));
  return places.find((id) => known.has(id)) ?? places.find((id) => id !== requestsRow) ?? places[0] ?? null;
}
