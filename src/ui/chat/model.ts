/** What the message view shows, from the three states behind it: screen, session, window. Shared by pane and controller. */
import type { Conversation, MessageWindow, SessionState } from '../../core/types.ts';
import type { MessageLine } from '../panes/message-block.ts';
import { messageBlocks, senderName } from '../panes/messages-pane.ts';
import type { ChatLayout } from '../state/layout.ts';
import type { Blocks } from '../state/scroll.ts';
import type { UiState, UnreadLine } from '../state/ui-state.ts';
import type { Theme } from '../theme/theme.ts';

/** Below this many rows of messages, groups stand without blank lines between them. */
const compactBelow = 14;

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
): Blocks<MessageLine> {
  return messageBlocks(window, {
    width: layout.conversationWidth,
    theme,
    compact: layout.messageRows < compactBelow,
    nameOf: (message, room) => senderName(message, conversation, room),
    unreadLine,
  });
}

/** The conversation pane is on the screen (beside the list, or instead of it). */
export function showsConversation(layout: ChatLayout, ui: Pick<UiState, 'open'>): boolean {
  return ui.open !== null && (layout.mode === 'both' || layout.mode === 'conversation');
}

/** The id under the list's cursor: the one moved to, else the open conversation, else the first. */
export function listCursorOf(
  session: Pick<SessionState, 'conversations'>,
  ui: Pick<UiState, 'listCursor' | 'open'>,
): string | null {
  const ids = session.conversations.map(({ id }) => id);
  for (const id of [ui.listCursor, ui.open]) if (id !== null && ids.includes(id)) return id;
  return ids[0] ?? null;
}
