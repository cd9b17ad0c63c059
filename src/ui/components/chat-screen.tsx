import { Box } from 'ink';
import { memo } from 'react';
import { joinSafe, type SafeText, safe } from '../../text/sanitize.ts';
import { showsConversation } from '../chat/model.ts';
import { dialogRoom, type PlacedDialog, placeDialog } from '../dialogs/dialog-view.ts';
import { dialogView } from '../dialogs/index.ts';
import { keyWords } from '../keys/hints.ts';
import type { Keymap } from '../keys/types.ts';
import { completionLines, completionRows } from '../panes/completion-pane.ts';
import { composerCursor } from '../panes/conversation-pane.ts';
import { statusLine } from '../panes/status-line.ts';
import { useCursorPlace } from '../present/hooks.ts';
import { type ChatLayout, composerLayout, composerTextWidth, noticeLines } from '../state/layout.ts';
import { part } from '../text/cells.ts';
import { wrapCells } from '../text/wrap.ts';
import { row, type Styled, type Theme } from '../theme/theme.ts';
import { type Chat, ChatProvider, useChat, useLayout, useSession, useUi } from './context.ts';
import { ConversationPane } from './conversation-pane.tsx';
import { Lines } from './lines.tsx';
import { ListPane } from './list-pane.tsx';

/** The whole chat screen. Each pane reads its own slice of the state and renders by itself. */
export function ChatScreen({ chat }: Readonly<{ chat: Chat }>) {
  return (
    <ChatProvider value={chat}>
      <Screen />
    </ChatProvider>
  );
}

function Screen() {
  const { theme } = useChat();
  const layout = useLayout();
  const keymap = useUi((state) => state.keymap);
  const { columns, rows } = layout.size;
  if (layout.mode === 'too-small')
    return (
      <>
        <Lines lines={tooSmallLines(columns, rows, theme, keymap)} width={columns} height={rows} />
        <Cursor />
      </>
    );
  return (
    <Box width={columns} height={rows} flexDirection="column" overflow="hidden">
      <Panes layout={layout} />
      <Notice layout={layout} />
      <Status width={columns} />
      <CompletionList layout={layout} />
      <Dialog />
      <Cursor />
    </Box>
  );
}

const Panes = memo(function Panes({ layout }: Readonly<{ layout: ChatLayout }>) {
  const { theme } = useChat();
  const { mode, mainRows, listWidth } = layout;
  if (mode === 'list') return <ListPane width={listWidth} height={mainRows} />;
  if (mode === 'conversation') return <ConversationPane />;
  const divider = Array.from({ length: mainRows }, () => theme.dim(safe('│')));
  return (
    <Box height={mainRows} flexShrink={0}>
      <ListPane width={listWidth} height={mainRows} />
      <Lines lines={divider} width={1} height={mainRows} />
      <ConversationPane />
    </Box>
  );
});

const Notice = memo(function Notice({ layout }: Readonly<{ layout: ChatLayout }>) {
  const { theme } = useChat();
  const notice = useUi((state) => state.notice);
  if (notice === null || layout.noticeRows === 0) return null;
  const paint = notice.tone === 'error' ? theme.error : theme.warning;
  const lines = noticeLines(notice, layout.size.columns).map((line) =>
    paint(joinSafe([safe(' '), line], safe(''))),
  );
  return <Lines lines={lines} width={layout.size.columns} height={layout.noticeRows} />;
});

const Status = memo(function Status({ width }: Readonly<{ width: number }>) {
  const { theme } = useChat();
  const network = useSession((state) => state.network);
  const queued = useSession((state) => state.queued);
  const link = useUi((state) => state.link);
  const keymap = useUi((state) => state.keymap);
  const triage = useUi((state) => state.triage);
  const words = triage === null ? safe('') : safe(`triage ${triage.at + 1}/${triage.queue.length} `);
  const rest = statusLine({ network, queued }, width - words.length, theme, keymap, link);
  return <Lines lines={[row(theme.unread(words), rest)]} width={width} height={1} />;
});

/** What can be put in, over the last messages. */
function CompletionList({ layout }: Readonly<{ layout: ChatLayout }>) {
  const { theme, layoutOf } = useChat();
  const completion = useUi((state) => state.completion);
  const isShown = useUi((state) => showsConversation(layoutOf(state), state));
  if (completion === null || !isShown) return null;
  const { conversationLeft, conversationWidth: width, mainRows, composerRows, messageRows } = layout;
  const rows = completionRows(completion, messageRows);
  const lines = completionLines(completion, rows, width, theme);
  return (
    // The rule stands between list and composer.
    <Box position="absolute" marginLeft={conversationLeft} marginTop={mainRows - composerRows - 1 - rows}>
      <Lines lines={lines} width={width} height={lines.length} />
    </Box>
  );
}

/** The open dialog, placed. Renders with each change of its own state, of the session, and of the size. */
function usePlacedDialog(): PlacedDialog | null {
  const { store, theme } = useChat();
  const dialog = useUi((state) => state.dialog);
  const size = useUi((state) => state.size);
  const isLean = useUi(({ link }) => link.isLean);
  const session = useSession((state) => (dialog === null ? null : state));
  if (dialog === null || session === null) return null;
  const view = dialogView(
    dialog,
    { ui: store.getState(), session },
    dialogRoom(size.columns, size.rows),
    theme,
  );
  return placeDialog(view, size.columns, size.rows, theme, isLean);
}

function Dialog() {
  const placed = usePlacedDialog();
  const columns = useUi((state) => state.size.columns);
  if (placed === null) return null;
  return (
    <Box position="absolute" marginLeft={placed.left} marginTop={placed.top}>
      <Lines lines={placed.lines} width={columns - placed.left} height={placed.lines.length} />
    </Box>
  );
}

/** The terminal's own cursor stands where one types: input methods and screen readers look for it there. */
function Cursor() {
  const { layoutOf } = useChat();
  const layout = useLayout();
  const composer = useUi((state) => state.composer);
  const focus = useUi((state) => state.focus);
  const isShown = useUi((state) => showsConversation(layoutOf(state), state));
  const hasDialog = useUi((state) => state.dialog !== null);
  const placed = usePlacedDialog();
  const isTyping = focus === 'composer' && isShown && !hasDialog;
  const field = isTyping
    ? composerLayout(composer.text, composer.cursor, composerTextWidth(layout.conversationWidth))
    : null;
  const inField = field === null ? null : composerCursor(field, layout.composerRows);
  const inComposer =
    inField === null
      ? null
      : {
          x: layout.conversationLeft + inField.column,
          y: layout.mainRows - layout.composerRows + inField.row,
        };
  useCursorPlace(hasDialog ? (placed?.cursor ?? null) : inComposer);
  return null;
}

function tooSmallLines(columns: number, rows: number, theme: Theme, keymap: Keymap): Styled[] {
  const words = keyWords(keymap, `Too small: ${columns}x${rows}. This needs 40x10 or more. {quit} quits.`);
  const lines: Styled[] = wrapCells(words, Math.max(1, columns))
    .slice(0, rows)
    .map((line: SafeText) => theme.plain(line));
  while (lines.length < rows) lines.push(theme.plain(part('')));
  return lines;
}
