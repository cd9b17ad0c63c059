/** A chat controller with a fake session and no screen: what keys lead to, seen in its state and its effects. */
import { ChatController, type ControllerOptions } from '../../src/ui/chat/controller.ts';
import { textBuffer } from '../../src/ui/input/text-buffer.ts';
import { defaultKeymap } from '../../src/ui/keymap.ts';
import { createLayoutSelector } from '../../src/ui/state/layout.ts';
import { createStore } from '../../src/ui/state/store.ts';
import { type Focus, initialState, reduce, type UiState } from '../../src/ui/state/ui-state.ts';
import { type Chord, key } from '../../src/ui/terminal/keys.ts';
import { theme } from '../../src/ui/theme/theme.ts';
import { systemClock } from '../../src/util/clock.ts';
import { type FakeSession, testId } from './fake-session.ts';

export type Scene = Readonly<{
  session: FakeSession;
  controller: ChatController;
  /** what went out of the controller: `redraw`, `exit 0`, `copy …` */
  log: string[];
  readonly ui: UiState;
  /** the text and the cursor of the composer */
  write(text: string, cursor?: number): void;
  focus(focus: Focus): void;
  /** a key as a terminal's input has it: characters without modifiers come as text */
  press(...chords: Chord[]): Promise<void>;
  /** lets all that was begun go on */
  settle(): Promise<void>;
}>;

/** The chat as it stands once a conversation is open, 100×30. */
export async function chatScene(
  session: FakeSession,
  conversation: string | null = testId('a'),
  change: Partial<ControllerOptions> = {},
): Promise<Scene> {
  const log: string[] = [];
  const store = createStore(initialState({ columns: 100, rows: 30 }, defaultKeymap), reduce);
  const controller = new ChatController({
    session,
    store,
    layoutOf: createLayoutSelector(),
    theme,
    clock: systemClock,
    redraw: () => log.push('redraw'),
    suspend: async () => log.push('suspend') > 0,
    lend: async (work) => {
      log.push('lend');
      await work(new AbortController().signal);
      return true;
    },
    link: {
      measure: { isSlow: false, roundTripMs: null, bytesPerKey: null },
      setLean: (isLean) => log.push(`lean ${isLean}`),
    },
    hasFocus: () => true,
    notifyAway: () => log.push('notify'),
    notificationCommand: null,
    setTitle: () => {},
    copy: (text) => log.push(`copy ${text}`),
    editor: async (text) => ({ kind: 'edited', text: `${text} (edited)` }),
    opener: null,
    runner: null,
    saver: {
      async save(path, text) {
        log.push(`save ${path}: ${text}`);
        return `/home/me/${path}`;
      },
    },
    lock: () => log.push('lock'),
    exit: (code) => log.push(`exit ${code}`),
    ...change,
  });
  const settle = async () => {
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
  };
  await controller.start(conversation === null ? {} : { conversation });
  await settle();
  return {
    session,
    controller,
    log,
    get ui() {
      return store.getState();
    },
    write(text, cursor = text.length) {
      store.dispatch({ kind: 'edited', composer: { ...textBuffer(text), cursor } });
    },
    focus: (focus) => store.dispatch({ kind: 'focused', focus }),
    async press(...chords) {
      for (const chord of chords) {
        controller.handleToken(tokenOf(chord));
        await settle();
      }
    },
    settle,
  };
}

function tokenOf(chord: Chord): Parameters<ChatController['handleToken']>[0] {
  const parts = /^((?:ctrl-|alt-|shift-)*)(.+)$/s.exec(chord);
  const [, modifiers = '', name = chord] = parts ?? [];
  if (modifiers === '' && [...name].length === 1) return { kind: 'text', text: name };
  const has = (word: string) => modifiers.includes(`${word}-`);
  return { kind: 'key', key: key(name, { ctrl: has('ctrl'), alt: has('alt'), shift: has('shift') }) };
}
