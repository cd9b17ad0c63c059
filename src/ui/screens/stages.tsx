/** The stages as Ink elements. Everything that needs React or Ink is reached through this file, loaded lazily. */
import type { Session } from '../../core/types.ts';
import type { Clock } from '../../util/clock.ts';
import { ChatController, type ControllerOptions } from '../chat/controller.ts';
import { ChatScreen } from '../components/chat-screen.tsx';
import { FormScreen } from '../components/form-screen.tsx';
import type { FormStage } from '../forms/form-stage.ts';
import { defaultKeymap } from '../keymap.ts';
import type { OwnKeyFile } from '../keys/key-file.ts';
import { createLayoutSelector } from '../state/layout.ts';
import { createStore } from '../state/store.ts';
import { initialState, reduce } from '../state/ui-state.ts';
import { chordOf } from '../terminal/keys.ts';
import type { Size } from '../terminal/streams.ts';
import type { Theme } from '../theme/theme.ts';
import type { Stage } from './host.tsx';

export { createUnlock } from '../forms/unlock.ts';
export { ScreenHost } from './host.tsx';

/** `suspend` is what Ctrl-Z does; a form has no place to say that it was refused. */
export function formStage<S>(form: FormStage<S>, suspend: () => Promise<boolean>): Stage {
  return {
    element: <FormScreen source={form.source} />,
    onToken(token) {
      if (token.kind === 'key' && chordOf(token.key) === 'ctrl-z') void suspend();
      else form.onToken(token);
    },
    onResize: form.onResize,
  };
}

export type ChatOptions = Readonly<{
  session: Session;
  size: Size;
  theme: Theme;
  clock: Clock;
  redraw: () => void;
  suspend: () => Promise<boolean>;
  lend: ControllerOptions['lend'];
  link: ControllerOptions['link'];
  hasFocus: ControllerOptions['hasFocus'];
  notifyAway: ControllerOptions['notifyAway'];
  notificationCommand: ControllerOptions['notificationCommand'];
  setTitle: ControllerOptions['setTitle'];
  copy: ControllerOptions['copy'];
  editor: ControllerOptions['editor'];
  opener: ControllerOptions['opener'];
  ownKeys: OwnKeyFile;
  runner: ControllerOptions['runner'];
  saver: ControllerOptions['saver'];
  lock: () => void;
  exit: (code: number) => void;
}>;

export function chatStage(options: ChatOptions): Readonly<{ stage: Stage; controller: ChatController }> {
  const { session, size, theme, clock, ...effects } = options;
  const store = createStore(initialState(size, defaultKeymap), reduce);
  const layoutOf = createLayoutSelector();
  const controller = new ChatController({ session, store, layoutOf, theme, clock, ...effects });
  const element = <ChatScreen chat={{ session, store, controller, theme, layoutOf }} />;
  return {
    controller,
    stage: {
      element,
      onToken: (token) => controller.handleToken(token),
      onMouse: (mouse) => controller.handleMouse(mouse),
      onLink: (measure) => controller.handleLink(measure),
      onResize: (next) => controller.handleResize(next),
    },
  };
}
