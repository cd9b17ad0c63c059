/** What the components of the chat screen share, and hooks that read slices of it. */
import { createContext, use, useSyncExternalStore } from 'react';
import type { Session, SessionState } from '../../core/types.ts';
import type { ChatController } from '../chat/controller.ts';
import type { ChatStore } from '../chat/environment.ts';
import type { ChatLayout } from '../state/layout.ts';
import type { UiState } from '../state/ui-state.ts';
import type { Theme } from '../theme/theme.ts';

export type Chat = Readonly<{
  session: Session;
  store: ChatStore;
  controller: ChatController;
  theme: Theme;
  layoutOf: (state: UiState) => ChatLayout;
}>;

const ChatContext = createContext<Chat | null>(null);

export const ChatProvider = ChatContext;

export function useChat(): Chat {
  const chat = use(ChatContext);
  if (chat === null) throw new Error('a component of the chat screen stands outside of it');
  return chat;
}

/** A slice of the screen's state; the component renders anew only when the slice is another value. */
export function useUi<T>(select: (state: UiState) => T): T {
  const { store } = useChat();
  return useSyncExternalStore(store.subscribe, () => select(store.getState()));
}

/** A slice of the messenger's state. */
export function useSession<T>(select: (state: SessionState) => T): T {
  const { session } = useChat();
  return useSyncExternalStore(subscribeTo(session), () => select(session.getState()));
}

export function useLayout(): ChatLayout {
  const { layoutOf } = useChat();
  return useUi(layoutOf);
}

const subscriptions = new WeakMap<Session, (listener: () => void) => () => void>();

/** One function a session, so that React does not subscribe anew with each render. */
function subscribeTo(session: Session): (listener: () => void) => () => void {
  let subscribe = subscriptions.get(session);
  if (subscribe === undefined) {
    subscribe = (listener) => session.subscribe(listener);
    subscriptions.set(session, subscribe);
  }
  return subscribe;
}
