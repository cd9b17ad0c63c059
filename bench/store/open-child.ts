/** A process that opens a profile, makes its conversation list, and says how long that took and what memory it has then. */
import { openProfile } from '../../src/store/index.ts';
import { platform } from './history.ts';

const folder = process.argv[2] ?? '';
const began = performance.now();
const store = await openProfile({ folder, password: null, platform });
const list = store.entries('conversations');
const openMs = performance.now() - began;
globalThis.gc?.();
globalThis.gc?.();
const rss = process.memoryUsage().rss;
process.stdout.write(`${JSON.stringify({ openMs, rss, conversations: list.length })}\n`);
await store.close();
