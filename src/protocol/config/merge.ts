/** Many config messages into one (config.md, sections 6.3 and 6.4). Any order of the same messages gives the same bytes. */
import { toHex } from '../../util/bytes.ts';
import type { ConfigDict } from './data.ts';
import { applyDiff, type ConfigDiff, emptyDiff } from './diff.ts';
import {
  type ConfigContent,
  type ConfigMessage,
  compareRevisions,
  type LaggedDiff,
  lag,
  type Revision,
} from './message.ts';

export type MergeResult =
  /** one needed no merging: where it stands among the inputs */
  | Readonly<{ index: number; merged: null }>
  /** a new revision, its own diff empty */
  | Readonly<{ index: null; merged: ConfigContent }>;

const keyOf = ({ seqno, hash }: Revision): string => `${seqno}:${toHex(hash)}`;

/**
 * Merges valid messages; null when there are none. `readOnly`: nobody but others can sign a merge, so the greatest is
 * taken until one of them has merged.
 */
export function mergeConfigMessages(
  messages: readonly ConfigMessage[],
  readOnly = false,
): MergeResult | null {
  const survivors = survivorsOf(messages);
  const [greatest, ...others] = survivors.toSorted((a, b) => compareRevisions(b, a));
  if (greatest === undefined) return null;
  if (others.length === 0 || readOnly) return { index: messages.indexOf(greatest), merged: null };

  const replay = new Map<string, Readonly<{ row: LaggedDiff; data: ConfigDict }>>();
  const put = (revision: Revision, diff: ConfigDiff, data: ConfigDict): void => {
    const key = keyOf(revision);
    if (replay.has(key)) return;
    replay.set(key, { row: { seqno: revision.seqno, hash: revision.hash, diff }, data });
  };
  for (const message of [greatest, ...others]) {
    put(message, message.diff, message.data);
    for (const row of message.lagged) put(row, row.diff, message.data);
  }
  const entries = [...replay.values()].sort((a, b) => compareRevisions(a.row, b.row));
  let data = greatest.data;
  const own = new WeakSet<ConfigDict>();
  for (const { row, data: source } of entries) data = applyDiff(data, row.diff, source, own);
  const merged = {
    seqno: greatestSeqno(messages) + 1,
    data,
    lagged: entries.map(({ row }) => row),
    diff: emptyDiff,
    unknown: new Map(),
  };
  return { index: null, merged };
}

function greatestSeqno(messages: readonly ConfigMessage[]): number {
  return messages.reduce((most, { seqno }) => Math.max(most, seqno), 0);
}

/** The messages that no other one contains or repeats and that are not too old to matter (section 6.3). */
function survivorsOf(messages: readonly ConfigMessage[]): readonly ConfigMessage[] {
  const most = greatestSeqno(messages);
  const contained = new Set(messages.flatMap(({ lagged }) => lagged.map(keyOf)));
  const seen = new Set<string>();
  return messages.filter((message) => {
    const key = keyOf(message);
    if (message.seqno + lag <= most || contained.has(key) || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
