/** Scrolling a dialog's lines by keys. Pure. */
import type { Chord } from '../terminal/keys.ts';

/** The first visible line after a key; null for a key that does not scroll. `last`: the highest there is. */
export function scrolledTop(top: number, last: number, height: number, chord: Chord): number | null {
  const targets: Readonly<Record<Chord, number>> = {
    up: top - 1,
    down: top + 1,
    pageup: top - height,
    pagedown: top + height,
    home: 0,
    end: last,
  };
  const target = targets[chord];
  return target === undefined ? null : Math.max(0, Math.min(last, target));
}
