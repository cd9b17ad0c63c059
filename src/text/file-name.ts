/** Names of files that others sent, made fit for a disk and a screen. */
import { kindOf } from './code-points.ts';
import { type SafeText, sanitizeName } from './sanitize.ts';

const maxBytes = 200;
const maxExtensionBytes = 20;
const reservedOnWindows = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;
const encoder = new TextEncoder();

/**
 * A bare file name from whatever was sent: the part after the last `/` or `\`, without control, direction and
 * invisible characters, no leading dot or dash, no character or name that Windows refuses, at most 200 UTF-8
 * bytes with the extension kept; `file` when nothing is left. Idempotent.
 */
export function sanitizeFileName(foreign: string): SafeText {
  const base = foreign.slice(-4000).split(/[/\\]/).at(-1) ?? '';
  let kept = '';
  for (const char of base) {
    const kind = kindOf(char.codePointAt(0) ?? 0);
    if (kind === 'keep' || kind === 'mark') kept += /[<>:"|?*\ufffd]/.test(char) ? '_' : char;
  }
  const name = trimEnds(kept.replace(/[\s\u2800]+/g, ' ').normalize('NFC'));
  const cut = trimEnds(cutKeepingExtension(name));
  const usable = reservedOnWindows.test(cut) ? `_${cut}` : cut;
  return usable === '' ? sanitizeName('file') : asSafe(usable);
}

/** No leading dot (hidden), dash (an option to other programs) or mark, no trailing dot or space (Windows). */
function trimEnds(name: string): string {
  return name.replace(/^[\s.\-\p{M}]+/u, '').replace(/[\s.]+$/u, '');
}

function cutKeepingExtension(name: string): string {
  if (encoder.encode(name).length <= maxBytes) return name;
  const dot = name.lastIndexOf('.');
  const tail = dot > 0 ? name.slice(dot) : '';
  const extension = encoder.encode(tail).length <= maxExtensionBytes ? tail : '';
  let room = maxBytes - encoder.encode(extension).length;
  let stem = '';
  for (const char of extension === '' ? name : name.slice(0, dot)) {
    room -= encoder.encode(char).length;
    if (room < 0) break;
    stem += char;
  }
  return stem + extension;
}

/** Every character passed `kindOf` above: no controls, no direction characters, no line ends. */
function asSafe(name: string): SafeText {
  return name as SafeText;
}
