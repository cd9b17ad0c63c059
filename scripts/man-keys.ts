/** `npm run man-keys`: writes the section KEYS of the man page anew from the actions. */
import { readFile, writeFile } from 'node:fs/promises';
import { keysBegin, keysEnd, keysSection } from './man-keys/section.ts';

const path = new URL('../man/session-tui.1', import.meta.url);
const page = await readFile(path, 'utf8');
const begin = page.indexOf(keysBegin);
const end = page.indexOf(keysEnd);
if (begin < 0 || end < begin) throw new Error('the man page has no place for the section KEYS');
await writeFile(path, `${page.slice(0, begin)}${keysBegin}\n${keysSection()}\n${page.slice(end)}`);
