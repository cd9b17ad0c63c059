import { memo } from 'react';
import { listContentOf, listCursorOf } from '../chat/model.ts';
import { listPane } from '../panes/list-pane.ts';
import { useChat, useSession, useUi } from './context.ts';
import { Lines } from './lines.tsx';

export const ListPane = memo(function ListPane({
  width,
  height,
}: Readonly<{ width: number; height: number }>) {
  const { theme, controller } = useChat();
  const conversations = useSession((state) => state.conversations);
  const account = useSession((state) => state.account);
  const listCursor = useUi((state) => state.listCursor);
  const open = useUi((state) => state.open);
  const top = useUi((state) => state.listTop);
  const focused = useUi((state) => state.focus === 'list');
  const keymap = useUi((state) => state.keymap);
  const listOrder = useUi((state) => state.listOrder);
  const requestsShown = useUi((state) => state.requestsShown);
  const cursor = listCursorOf({ conversations }, { listCursor, open, listOrder, requestsShown });
  const content = listContentOf({ conversations }, { listOrder, requestsShown });
  const lines = listPane(
    { ...content, account, now: controller.now, cursor, open, top, focused, keymap },
    width,
    height,
    theme,
  );
  return <Lines lines={lines} width={width} height={height} />;
});
