/** A state outside React: components read slices of it, so that a key press re-renders what it changed only. */

export type Store<S, E> = Readonly<{
  getState(): S;
  dispatch(event: E): void;
  /** called after each change; the returned function ends it */
  subscribe(listener: () => void): () => void;
}>;

export function createStore<S, E>(initial: S, reduce: (state: S, event: E) => S): Store<S, E> {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    getState: () => state,
    dispatch(event) {
      const next = reduce(state, event);
      if (next === state) return;
      state = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
