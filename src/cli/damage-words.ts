import type { FileDamage } from '../core/index.ts';

/** One damaged file in words: its name, what is wrong with it, where it is kept, and that the rest is there. */
export function damageWords({ file, keptAs, what }: FileDamage): string {
  const kept = keptAs === '' ? 'Nothing of it is left to be kept' : `It is kept as ${keptAs}`;
  return `The file ${file} is damaged (${what}). ${kept}; the rest is readable.`;
}
