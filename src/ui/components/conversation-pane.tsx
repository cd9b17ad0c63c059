import { Box } from 'ink';
import { memo, useEffect, useMemo, useSyncExternalStore } from 'react';
import { maxBodyCodePoints } from '../../core/index.ts';
import type { ConversationView, Message, MessageWindow } from '../../core/types.ts';
import { hasHidden } from '../../text/hidden.ts';
import { findLinks } from '../../text/links.ts';
import { sanitizeText } from '../../text/sanitize.ts';
import { blocksOf, listCursorOf, openConversationOf, peopleOf, showsConversation } from '../chat/model.ts';
import { codePointCount } from '../input/text-buffer.ts';
import { composerRows, emptyPane, headLine, ruleLine } from '../panes/conversation-pane.ts';
import { excerptOf } from '../panes/message-block.ts';
import {
  type MessagesPane as MessagesModel,
  messagesPane,
  senderName,
  shownIds,
} from '../panes/messages-pane.ts';
import { composerLayout, composerTextWidth } from '../state/layout.ts';
import { answeredBy } from '../state/ui-state.ts';
import { useChat, useLayout, useSession, useUi } from './context.ts';
import { Lines } from './lines.tsx';

/** Head, messages, rule and composer of the open conversation, or what to do while none is open. */
export const ConversationPane = memo(function ConversationPane() {
  const { theme } = useChat();
  const { conversationWidth: width, messageRows, mainRows, composerRows: rows } = useLayout();
  const isOpen = useUi((state) => state.open !== null);
  const isAlone = useSession(({ conversations }) => conversations.length === 0);
  const keymap = useUi((state) => state.keymap);
  if (!isOpen)
    return (
      <Lines
        lines={emptyPane(isAlone ? 'nobody-yet' : 'nothing-open', width, mainRows, theme, keymap)}
        width={width}
        height={mainRows}
      />
    );
  return (
    <Box flexDirection="column" width={width} height={mainRows} flexShrink={0}>
      <Head width={width} />
      <Messages width={width} height={messageRows} />
      <Rule width={width} />
      <Composer width={width} rows={rows} />
    </Box>
  );
});

function useOpenConversation() {
  const open = useUi((state) => state.open);
  return useSession((state) => openConversationOf(state, open));
}

const Head = memo(function Head({ width }: Readonly<{ width: number }>) {
  const { theme } = useChat();
  const conversation = useOpenConversation();
  const lines = conversation === undefined ? [] : [headLine(conversation, width, theme)];
  return <Lines lines={lines} width={width} height={1} />;
});

const nothing: MessageWindow = { conversation: '', messages: [], atStart: true, atEnd: true };
const noView = { subscribe: () => () => {}, getSnapshot: () => nothing };

function useWindow(view: ConversationView | null): MessageWindow {
  const { subscribe, getSnapshot } = useMemo(
    () =>
      view === null
        ? noView
        : {
            subscribe: (listener: () => void) => view.subscribe(listener),
            getSnapshot: () => view.getSnapshot(),
          },
    [view],
  );
  return useSyncExternalStore(subscribe, getSnapshot);
}

/** The visible messages; nothing here is computed anew by a key press in the composer. */
function useMessages(): Readonly<{ pane: MessagesModel; window: MessageWindow; loaded: boolean }> {
  const { theme, session } = useChat();
  const layout = useLayout();
  const view = useUi((state) => state.view);
  const anchor = useUi((state) => state.anchor);
  const selected = useUi((state) => state.selected);
  const unreadLine = useUi((state) => state.unreadLine);
  const keymap = useUi((state) => state.keymap);
  const conversation = useOpenConversation();
  const window = useWindow(view);
  const pane = useMemo(() => {
    // Not followed: who is renamed elsewhere is called so with the next change here.
    const people = peopleOf(session.getState());
    const blocks = blocksOf(window, conversation, layout, theme, unreadLine, people, keymap);
    return messagesPane(blocks, anchor, layout.messageRows, selected, theme);
  }, [window, conversation, layout, theme, anchor, selected, unreadLine, session, keymap]);
  return { pane, window, loaded: view !== null };
}

const Messages = memo(function Messages({ width, height }: Readonly<{ width: number; height: number }>) {
  const { theme, controller, layoutOf } = useChat();
  const { pane, window, loaded } = useMessages();
  const isVisible = useUi((state) => showsConversation(layoutOf(state), state));
  useEffect(() => {
    controller.onScreen(isVisible ? shownIds(window, pane.visible) : []);
  }, [controller, isVisible, window, pane]);
  const keymap = useUi((state) => state.keymap);
  const isEmpty = window.messages.length === 0;
  const lines = isEmpty
    ? emptyPane(loaded ? 'no-messages' : 'loading', width, height, theme, keymap)
    : pane.lines;
  return <Lines lines={lines} width={width} height={height} />;
});

function carriedBy({ body }: Message): 'hidden' | 'linked' | null {
  if (hasHidden(body)) return 'hidden';
  return findLinks(sanitizeText(body)).length > 0 ? 'linked' : null;
}

/** The length is shown from here on. */
const showLengthFrom = Math.floor(maxBodyCodePoints * 0.9);

const Rule = memo(function Rule({ width }: Readonly<{ width: number }>) {
  const { theme, session } = useChat();
  const focus = useUi((state) => state.focus);
  const keymap = useUi((state) => state.keymap);
  const mode = useUi((state) => state.mode);
  const pendingKeys = useUi((state) => state.pendingKeys);
  const triage = useUi((state) => state.triage !== null && state.focus === 'messages');
  const selected = useUi((state) => state.selected);
  const completing = useUi((state) => state.completion !== null);
  const used = useUi(({ composer }) => {
    // Code points are at most as many as UTF-16 units: no need to count short texts.
    if (composer.text.length < showLengthFrom) return 0;
    const count = codePointCount(composer.text);
    return count < showLengthFrom ? 0 : count;
  });
  const isLean = useUi(({ link }) => link.isLean);
  const { pane, window } = useMessages();
  const chosen = selected === null ? undefined : window.messages.find(({ id }) => id === selected);
  const carries = useMemo(() => (chosen === undefined ? null : carriedBy(chosen)), [chosen]);
  const canRetry = chosen?.status === 'failed';
  const hasQuote = chosen?.quote !== undefined;
  const length = used === 0 ? null : { used, limit: maxBodyCodePoints };
  const conversation = useOpenConversation();
  // In the list the keys are about the one under the cursor.
  const cursorOnRequest = useUi((state) => {
    if (state.focus !== 'list') return false;
    const now = session.getState();
    return openConversationOf(now, listCursorOf(now, state))?.request === true;
  });
  const message = useUi(answeredBy);
  const answered =
    message === null
      ? null
      : {
          name: senderName(message, conversation),
          text: excerptOf(message, peopleOf(session.getState())),
        };
  const line = ruleLine(
    {
      focus,
      completing,
      below: pane.visible.below,
      moreBelow: !window.atEnd,
      unread: conversation?.unread ?? 0,
      request: focus === 'list' ? cursorOnRequest : conversation?.request === true,
      triage,
      carries,
      answered,
      canRetry,
      hasQuote,
      length,
      isLean,
      keymap,
      mode,
      pendingKeys,
    },
    width,
    theme,
  );
  return <Lines lines={[line]} width={width} height={1} />;
});

const Composer = memo(function Composer({ width, rows }: Readonly<{ width: number; rows: number }>) {
  const { theme } = useChat();
  const composer = useUi((state) => state.composer);
  const focus = useUi((state) => state.focus);
  const keymap = useUi((state) => state.keymap);
  const layout = composerLayout(composer.text, composer.cursor, composerTextWidth(width));
  return <Lines lines={composerRows(layout, rows, focus, theme, keymap)} width={width} height={rows} />;
});
