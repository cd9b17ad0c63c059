/**
 * What a config message changed (config.md, section 2.2), and its replay on another state (section 6.4). A diff has the
 * shape of the data: `""` for a scalar that was set, `"-"` for one that was removed, a list of two sets (added, removed)
 * for a set, a dictionary for a dictionary. Scalars' values are not in it.
 */
import { ProtocolError } from '../../errors.ts';
import type { BencodeValue } from '../bencode.ts';
import {
  type ConfigDict,
  type ConfigSet,
  type ConfigValue,
  checkSet,
  compareScalars,
  emptyDict,
  equalScalars,
  isDict,
  isEmpty,
  isScalar,
  isSet,
  makeSet,
} from './data.ts';

export type SetDiff = readonly [added: ConfigSet, removed: ConfigSet];
export type ConfigDiff = ReadonlyMap<string, Uint8Array | SetDiff | ConfigDiff>;

export const emptyDiff: ConfigDiff = new Map();

const dash = 0x2d;
const wasSet = new Uint8Array();
const wasRemoved = Uint8Array.of(dash);

/** The diff in `value`. ProtocolError `malformed` for anything else. */
export function checkDiff(value: BencodeValue | undefined): ConfigDiff {
  if (!(value instanceof Map)) throw new ProtocolError('malformed', "A config's diff is not a dictionary");
  for (const entry of value.values()) {
    if (entry instanceof Uint8Array) {
      if (entry.length > 1 || (entry.length === 1 && entry[0] !== dash))
        throw new ProtocolError('malformed', "A config's diff holds an unknown mark");
    } else if (entry instanceof Map) {
      checkDiff(entry);
    } else if (Array.isArray(entry)) {
      if (entry.length !== 2) throw new ProtocolError('malformed', "A set's diff is not two lists");
      for (const list of entry) checkSet(list);
    } else {
      throw new ProtocolError('malformed', "A config's diff holds a number");
    }
  }
  // just checked, all the way down
  return value as unknown as ConfigDiff;
}

/** From one state to another, both without empty parts. */
export function diffDicts(old: ConfigDict, now: ConfigDict): ConfigDiff {
  if (old === now) return emptyDiff;
  const diff = new Map<string, Uint8Array | SetDiff | ConfigDiff>();
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const entry = diffValues(old.get(key), now.get(key));
    if (entry !== null) diff.set(key, entry);
  }
  return diff;
}

function diffValues(
  old: ConfigValue | undefined,
  now: ConfigValue | undefined,
): Uint8Array | SetDiff | ConfigDiff | null {
  if (old === now) return null;
  // What is gone is told in its own form, everything else in the form of what is there now.
  const form = now ?? old;
  if (isDict(form)) {
    const diff = diffDicts(isDict(old) ? old : emptyDict, isDict(now) ? now : emptyDict);
    return diff.size === 0 ? null : diff;
  }
  if (isSet(form)) return diffSets(isSet(old) ? old : [], isSet(now) ? now : []);
  if (now === undefined) return wasRemoved;
  return isScalar(old) && isScalar(now) && equalScalars(old, now) ? null : wasSet;
}

function diffSets(old: ConfigSet, now: ConfigSet): SetDiff | null {
  const added = without(now, old);
  const removed = without(old, now);
  return added.length === 0 && removed.length === 0 ? null : [added, removed];
}

/** The items of `a` that are not in `b`; both in set order. */
function without(a: ConfigSet, b: ConfigSet): ConfigSet {
  const left: ConfigSet[number][] = [];
  let at = 0;
  for (const item of a) {
    for (;;) {
      const other = b[at];
      if (other === undefined || compareScalars(other, item) >= 0) break;
      at++;
    }
    const other = b[at];
    if (other === undefined || compareScalars(other, item) !== 0) left.push(item);
  }
  return left;
}

/**
 * `target` after the changes in `diff`, with the values of `source`, the final state of the message that carried the
 * diff. What `source` no longer has, or has as something else, is removed. Dictionaries in `own` were made by calls
 * before and are changed in place; those made here are added: a replay copies each once, however many diffs touch it.
 */
export function applyDiff(
  target: ConfigDict,
  diff: ConfigDiff,
  source: ConfigDict,
  own: WeakSet<ConfigDict>,
): ConfigDict {
  if (diff.size === 0) return target;
  // what is in `own` was made by the line below
  const result = own.has(target) ? (target as Map<string, ConfigValue>) : new Map(target);
  own.add(result);
  for (const [key, entry] of diff) {
    const next = replayed(result.get(key), entry, source.get(key), own);
    if (next === null || (!isScalar(next) && isEmpty(next))) result.delete(key);
    else result.set(key, next);
  }
  return result;
}

function replayed(
  old: ConfigValue | undefined,
  entry: Uint8Array | SetDiff | ConfigDiff,
  from: ConfigValue | undefined,
  own: WeakSet<ConfigDict>,
): ConfigValue | null {
  if (entry instanceof Uint8Array) return entry.length === 0 && isScalar(from) ? from : null;
  if (isSetDiff(entry)) {
    if (!isSet(from)) return null;
    const [added, removed] = entry;
    return without(makeSet([...(isSet(old) ? old : []), ...added]), removed);
  }
  return isDict(from) ? applyDiff(isDict(old) ? old : emptyDict, entry, from, own) : null;
}

function isSetDiff(entry: SetDiff | ConfigDiff): entry is SetDiff {
  return Array.isArray(entry);
}
