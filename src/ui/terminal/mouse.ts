/** What a mouse does on the terminal, as SGR reports (mode 1006) tell it. Pure. */

/** Cells from 0. Only what means something here: the left button going down, and the wheel. */
export type MouseInput =
  | Readonly<{ kind: 'click'; x: number; y: number }>
  | Readonly<{ kind: 'wheel'; x: number; y: number; direction: -1 | 1 }>;

/** Reports of buttons and the wheel (1000), in a form that has no limit of columns and is no text (1006). */
export const mouseOn = '\x1b[?1000h\x1b[?1006h';
export const mouseOff = '\x1b[?1006l\x1b[?1000l';

const report = /^<(\d{1,3});([1-9]\d{0,3});([1-9]\d{0,3})$/;
/** Bits of a button's number: held keys do not change what it is, motion and the wheel do. */
const modifiers = 4 + 8 + 16;
const leftButton = 0;
const wheelUp = 64;
const wheelDown = 65;

/** What stands between `CSI` and the final `M` (pressed) or `m` (released); null: nothing to us, or no such report. */
export function parseMouse(parameters: string, final: string): MouseInput | null {
  const [, code, column, row] = report.exec(parameters) ?? [];
  if (final !== 'M' || code === undefined || column === undefined || row === undefined) return null;
  const button = Number(code) & ~modifiers;
  const place = { x: Number(column) - 1, y: Number(row) - 1 };
  if (button === leftButton) return { kind: 'click', ...place };
  if (button === wheelUp || button === wheelDown)
    return { kind: 'wheel', ...place, direction: button === wheelUp ? -1 : 1 };
  return null;
}
