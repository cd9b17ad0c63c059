/** The dialogs of reading as they look. Pure. */
import type { SessionState } from '../../core/types.ts';
import { safe } from '../../text/sanitize.ts';
import type { ReadingDialog } from '../state/reading-dialogs.ts';
import type { Theme } from '../theme/theme.ts';
import { dateView } from './date.ts';
import { type DialogLine, type DialogRoom, type DialogView, windowOf } from './dialog-view.ts';
import { lensLines } from './lens.ts';
import { linksView } from './links.ts';
import { wholeMessageLines } from './whole-message.ts';

/** All lines of a dialog that scrolls. */
export function scrollingLines(
  dialog: ReadingDialog & Readonly<{ kind: 'lens' | 'whole' }>,
  { conversations }: Pick<SessionState, 'conversations'>,
  room: DialogRoom,
  theme: Theme,
): readonly DialogLine[] {
  if (dialog.kind === 'whole') return wholeMessageLines(dialog.message, room, theme);
  const conversation = conversations.find(({ id }) => id === dialog.message.conversation);
  return lensLines(dialog.message, conversation, room, theme);
}

export function readingDialogView(
  dialog: ReadingDialog,
  session: Pick<SessionState, 'conversations'>,
  room: DialogRoom,
  theme: Theme,
): DialogView {
  if (dialog.kind === 'date') return dateView(dialog, room, theme);
  if (dialog.kind === 'links') return linksView(dialog, room, theme);
  const lines = scrollingLines(dialog, session, room, theme);
  return windowOf(safe(dialog.kind === 'lens' ? 'Hidden characters' : 'Message'), lines, dialog.top, room);
}
