/**
 * Ways out that nobody chose: signals and crashes. While the UI has the terminal, each of them ends it in order,
 * and nothing else may write on its screen.
 */
import process from 'node:process';

export type GuardHandlers = Readonly<{
  /** a signal asks the program to end; `exitCode` is 128 and the signal's number, SIGINT's is 130 */
  onSignal(exitCode: number): void;
  /** an error that nobody caught */
  onCrash(error: unknown): void;
  /** the process ends now, whatever is open; synchronous */
  onExit(): void;
}>;

const signals = [
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

/** Watches until the returned function is called. */
export function guard(handlers: GuardHandlers): () => void {
  const undo: (() => void)[] = [];
  for (const [signal, code] of signals) {
    const listener = () => handlers.onSignal(code);
    process.on(signal, listener);
    undo.push(() => process.off(signal, listener));
  }
  const { onCrash, onExit } = handlers;
  process.on('uncaughtException', onCrash);
  process.on('unhandledRejection', onCrash);
  process.on('exit', onExit);
  undo.push(() => {
    process.off('uncaughtException', onCrash);
    process.off('unhandledRejection', onCrash);
    process.off('exit', onExit);
  });
  undo.push(silenceWarnings(), silenceConsole());
  return () => {
    for (const step of undo.reverse()) step();
  };
}

/** Node prints warnings straight onto the screen as long as its own listener is there. */
function silenceWarnings(): () => void {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  return () => {
    for (const listener of listeners) process.on('warning', listener);
  };
}

/** A library that logs must not write over the frame. */
function silenceConsole(): () => void {
  const { console } = globalThis;
  const methods = ['log', 'info', 'warn', 'error', 'debug'] as const;
  const before = methods.map((method) => [method, console[method]] as const);
  for (const method of methods) console[method] = () => {};
  return () => {
    for (const [method, original] of before) console[method] = original;
  };
}
