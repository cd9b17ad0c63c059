/** Runs a form: tokens change its state, the state is laid out, and effects are left to its owner. */
import { createStore } from '../state/store.ts';
import type { InputToken } from '../terminal/input-tokenizer.ts';
import type { Size } from '../terminal/streams.ts';
import type { Theme } from '../theme/theme.ts';
import { type Form, type FormLines, layOutForm } from './form-view.ts';

export type FormStage<S> = Readonly<{
  getState(): S;
  set(state: S): void;
  source: Readonly<{
    subscribe(listener: () => void): () => void;
    getLines(): FormLines;
    getSize(): Size;
  }>;
  onToken(token: InputToken): void;
  onResize(size: Size): void;
}>;

export function createFormStage<S>(
  initial: S,
  size: Size,
  theme: Theme,
  view: (state: S, size: Size) => Form,
  handle: (state: S, token: InputToken) => void,
): FormStage<S> {
  type Held = Readonly<{ state: S; size: Size; lines: FormLines }>;
  const hold = (state: S, at: Size): Held => ({
    state,
    size: at,
    lines: layOutForm(view(state, at), at, theme),
  });
  const store = createStore<Held, Held>(hold(initial, size), (_, next) => next);
  return {
    getState: () => store.getState().state,
    set: (state) => store.dispatch(hold(state, store.getState().size)),
    source: {
      subscribe: store.subscribe,
      getLines: () => store.getState().lines,
      getSize: () => store.getState().size,
    },
    onToken: (token) => handle(store.getState().state, token),
    onResize: (next) => store.dispatch(hold(store.getState().state, next)),
  };
}
