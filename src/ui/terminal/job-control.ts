/**
 * Job control: being stopped by the person (Ctrl-Z, then `fg` of the shell) or by somebody else, and going on. The
 * whole process group is stopped, as the terminal's own Ctrl-Z would do it: a shell takes a job for stopped only then.
 */
import process from 'node:process';

export type JobHandlers = Readonly<{
  /** somebody sent SIGTSTP: the terminal should be given back, and `stop` called */
  onStopAsked(): void;
  /** the program was stopped by somebody else and goes on: what the terminal shows is not known any more */
  onContinued(): void;
}>;

export type JobControl = Readonly<{
  /**
   * Stops the process group. Resolves with true when it goes on, or soon with false where the system stops nothing:
   * without a shell that could bring it back (the program of an SSH session or of a tmux window).
   */
  stop(): Promise<boolean>;
  /** Listens until the returned function is called; while nobody listens, SIGTSTP just stops the program. */
  watch(handlers: JobHandlers): () => void;
  /** Makes the output stream ask its terminal for the size: who was stopped did not hear of changes. */
  refreshSize(): void;
}>;

/** A stop takes effect before the call that asks for it returns; SIGCONT is heard in the same turn. This is ample. */
const notStoppedMs = 200;

/** The job control of the system. */
export function systemJobControl(): JobControl {
  let unwatch: () => void = () => {};
  let goOn: (() => void) | null = null;
  return {
    stop() {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const onCont = () => end(true);
      let timer: NodeJS.Timeout | undefined;
      const end = (stopped: boolean) => {
        process.off('SIGCONT', onCont);
        clearTimeout(timer);
        goOn?.();
        resolve(stopped);
      };
      // With nobody listening the signal has its own effect, but for an orphaned group: that one the system spares.
      unwatch();
      process.on('SIGCONT', onCont);
      try {
        process.kill(0, 'SIGTSTP');
        // Not the clock's timer, which lets a program end: nothing else may keep this one alive now.
        timer = setTimeout(() => end(false), notStoppedMs);
      } catch {
        end(false);
      }
      return promise;
    },
    watch({ onStopAsked, onContinued }) {
      const listen = () => {
        process.on('SIGTSTP', onStopAsked);
        process.on('SIGCONT', onContinued);
        unwatch = () => {
          process.off('SIGTSTP', onStopAsked);
          process.off('SIGCONT', onContinued);
        };
      };
      listen();
      goOn = listen;
      return () => {
        goOn = null;
        unwatch();
      };
    },
    refreshSize() {
      // Node's terminal stream looks at the size with this signal alone.
      process.emit('SIGWINCH');
    },
  };
}
