/** Signals as an AbortSignal: the first asks the command to end in order, the second ends the process at once. */
import { exitCodeOf, Interrupted, type InterruptSignal } from './exit-codes.ts';

const handled: readonly InterruptSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Listens until `stop`. The signal's reason is an `Interrupted`. */
export function listenForInterrupts(): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  const listeners = handled.map((name) => {
    const listener = (): void => {
      const reason = new Interrupted(name);
      if (controller.signal.aborted) process.exit(exitCodeOf(reason));
      controller.abort(reason);
    };
    process.on(name, listener);
    return () => process.off(name, listener);
  });
  return {
    signal: controller.signal,
    stop: () => {
      for (const remove of listeners) remove();
    },
  };
}

/** Rejects with the signal's reason once it is aborted; the returned `stop` forgets the listener. */
export function whenAborted(signal: AbortSignal): { promise: Promise<never>; stop: () => void } {
  const { promise, reject } = Promise.withResolvers<never>();
  // Whoever races this promise may be done before it rejects.
  promise.catch(() => undefined);
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  return { promise, stop: () => signal.removeEventListener('abort', onAbort) };
}
