/** Locks after a time without a key press (setting `auto-lock`), and says so a moment before. */

import type { Session } from '../../core/types.ts';
import type { Clock } from '../../util/clock.ts';
import { settingOf } from '../setting-of.ts';

/** So long before the lock it is announced. */
const warningMs = 10_000;
/** A changed setting, and a machine that was asleep, are noticed after this time at most. */
const checkEveryMs = 10_000;

export type IdleLockOptions = Readonly<{
  clock: Clock;
  /** minutes of idle time; null: never. Asked at each check, so that a change counts at once. */
  minutes: () => number | null;
  warn: () => void;
  lock: () => void;
}>;

export class IdleLock {
  readonly #options: IdleLockOptions;
  #lastKey: Readonly<{ monotonic: number; wall: number }>;
  #warned = false;
  #running = false;
  #cancel: () => void = () => {};

  constructor(options: IdleLockOptions) {
    this.#options = options;
    this.#lastKey = this.#now();
  }

  start(): void {
    this.#running = true;
    this.#lastKey = this.#now();
    this.#check();
  }

  stop(): void {
    this.#running = false;
    this.#cancel();
  }

  /**
   * A key was pressed. True if the time was up before: timers stand still while a machine sleeps, and whoever wakes
   * it must not get at the conversation. The lock has been asked for then, and the key must do nothing.
   */
  pressed(): boolean {
    if (this.#running && this.#remainingMs() <= 0) {
      this.#lock();
      return true;
    }
    this.#lastKey = this.#now();
    this.#warned = false;
    return false;
  }

  readonly #check = (): void => {
    if (!this.#running) return;
    const remaining = this.#remainingMs();
    if (remaining <= 0) {
      this.#lock();
      return;
    }
    if (remaining <= warningMs && !this.#warned) {
      this.#warned = true;
      this.#options.warn();
    }
    const next = remaining > warningMs ? remaining - warningMs : remaining;
    this.#cancel();
    this.#cancel = this.#options.clock.after(Math.min(checkEveryMs, next), this.#check);
  };

  #lock(): void {
    this.stop();
    this.#options.lock();
  }

  /** By whichever clock says more: the monotonic one stands still in sleep, the other one may be set back. */
  #remainingMs(): number {
    const minutes = this.#options.minutes();
    if (minutes === null) return Number.POSITIVE_INFINITY;
    const { monotonic, wall } = this.#now();
    const idle = Math.max(monotonic - this.#lastKey.monotonic, wall - this.#lastKey.wall);
    return minutes * 60_000 - idle;
  }

  #now() {
    const { clock } = this.#options;
    return { monotonic: clock.monotonic(), wall: clock.now() };
  }
}

/** After how many minutes a session is to be locked; null: never, because the setting or a missing password says so. */
export function autoLockMinutes(session: Pick<Session, 'getState' | 'settings'>): number | null {
  if (session.getState().unprotected) return null;
  const value = settingOf(session, 'auto-lock');
  return typeof value === 'number' ? value : null;
}
