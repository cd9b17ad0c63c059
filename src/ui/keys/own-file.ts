/**
 * A person's own keys as they stand in a file: JSON, by the name of an action its keys. Parsed at the border, entry by
 * entry: a bad one is named and skipped, the others count. Pure.
 */
import * as v from 'valibot';
import type { Action } from '../actions.ts';
import { chordsLabel, parseChord } from './chord.ts';
import { type Binding, type Bindings, type Where, wheres } from './types.ts';

/** Longer files are refused whole. */
export const maxOwnFileLength = 65_536;
const maxEntries = 500;
const maxKeys = 8;

const keySchema = v.union([
  v.string(),
  v.strictObject({ key: v.string(), where: v.optional(v.picklist(wheres)) }),
]);
const entrySchema = v.union([v.null(), keySchema, v.pipe(v.array(keySchema), v.maxLength(maxKeys))]);

export type OwnKeys = Readonly<{
  bindings: Bindings;
  /** what was skipped and why, for a person: each names the line and the entry; bounded */
  problems: readonly string[];
  /** the file as an object, for changing one entry of it; null: it is no JSON, and has to be mended first */
  entries: Readonly<Record<string, unknown>> | null;
}>;

export const noOwnFile: OwnKeys = { bindings: new Map(), problems: [], entries: {} };

/** What the file's text means for these actions. Never throws. */
export function parseOwnKeys(text: string, actions: readonly Action[]): OwnKeys {
  if (text.length > maxOwnFileLength)
    return { ...noOwnFile, problems: [`It is longer than ${maxOwnFileLength} characters.`], entries: null };
  if (text.trim() === '') return noOwnFile;
  const { entries, lines, problems, isWhole } = readEntries(text);
  const bindings = new Map<string, readonly Binding[]>();
  const claimed = new Map<string, string>();
  for (const [name, value] of Object.entries(entries).slice(0, maxEntries)) {
    const where = `Line ${lines(name)}, ${shown(name)}:`;
    const action = actions.find((one) => one.name === name);
    if (action === undefined) {
      problems.push(`${where} there is no such action.`);
      continue;
    }
    const parsed = parseEntry(value, action);
    if (typeof parsed === 'string') {
      problems.push(`${where} ${parsed}.`);
      continue;
    }
    const rival = parsed.find((one) => claimed.has(placeOf(one)));
    if (rival !== undefined) {
      const label = chordsLabel(rival.chord);
      problems.push(`${where} ${label} is a key of ${claimed.get(placeOf(rival))} in this file already.`);
      continue;
    }
    for (const one of parsed) claimed.set(placeOf(one), name);
    bindings.set(name, parsed);
  }
  if (Object.keys(entries).length > maxEntries) problems.push(`Only the first ${maxEntries} entries count.`);
  return { bindings, problems, entries: isWhole ? entries : null };
}

/** The file's text with other keys for some actions; null: those of the keymap again. */
export function withEntries(
  entries: Readonly<Record<string, unknown>>,
  changes: ReadonlyMap<string, readonly Binding[] | null>,
): string {
  const next: Record<string, unknown> = { ...entries };
  for (const [action, keys] of changes) {
    if (keys === null) delete next[action];
    else next[action] = keys.map(({ where, chord }) => ({ key: writable(chord), where }));
  }
  const lines = Object.entries(next).map(
    ([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  return lines.length === 0 ? '{}\n' : `{\n${lines.join(',\n')}\n}\n`;
}

/** A chord in the spelling that `parseChord` reads. */
function writable(chord: string): string {
  return chord
    .split(' ')
    .map((one) => one.replace(/^((?:ctrl-)?alt-)(\p{Lu})$/u, '$1shift-$2'))
    .join(' ');
}

function parseEntry(value: unknown, action: Action): readonly Binding[] | string {
  const entry = v.safeParse(entrySchema, value);
  if (!entry.success)
    return `it is a key, a list of at most ${maxKeys} keys, or null; a key is "ctrl-p" or {"key":"p","where":"list"}`;
  const keys = entry.output === null ? [] : Array.isArray(entry.output) ? entry.output : [entry.output];
  const bindings: Binding[] = [];
  for (const one of keys) {
    const { key, where } = typeof one === 'string' ? { key: one, where: undefined } : one;
    const parsed = parseChord(key);
    if ('problem' in parsed) return shown(parsed.problem);
    const binding = { where: where ?? ownPlaceOf(action), chord: parsed.chord };
    if (!bindings.some((other) => placeOf(other) === placeOf(binding))) bindings.push(binding);
  }
  return bindings;
}

/** Where a key of an action works if nothing else is said: where its own first key does. */
export function ownPlaceOf(action: Action): Where {
  return action.keys[0]?.where ?? 'anywhere';
}

const placeOf = ({ where, chord }: Binding): string => `${where} ${chord}`;

/** A name of the file in a sentence: no longer than a line. */
function shown(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

type Read = Readonly<{
  entries: Record<string, unknown>;
  /** the line of an entry */
  lines(name: string): number;
  problems: string[];
  isWhole: boolean;
}>;

/** The object's entries; of a file that is no JSON, those that stand on a line of their own. */
function readEntries(text: string): Read {
  const lineOfName = (name: string): number => {
    const quoted = JSON.stringify(name);
    const index = text
      .split('\n')
      .findLastIndex((line) => line.includes(quoted) && /^\s*:/.test(line.split(quoted)[1] ?? ''));
    return index + 1;
  };
  try {
    const parsed: unknown = JSON.parse(text);
    const object = v.safeParse(v.record(v.string(), v.unknown()), parsed);
    if (object.success && !Array.isArray(parsed))
      return { entries: object.output, lines: lineOfName, problems: [], isWhole: true };
    return {
      entries: {},
      lines: () => 1,
      problems: ['Line 1: it is to be one JSON object, {"action": "key", …}.'],
      isWhole: false,
    };
  } catch {
    return { ...salvage(text), isWhole: false };
  }
}

function salvage(text: string): Omit<Read, 'isWhole'> {
  const entries: Record<string, unknown> = {};
  const numbers = new Map<string, number>();
  const problems: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(?:[{}]?\s*|\/\/.*)$/.test(line)) continue;
    try {
      const parsed: unknown = JSON.parse(
        `{${line
          .trim()
          .replace(/^\{/, '')
          .replace(/,?\s*\}?$/, '')}}`,
      );
      for (const [name, value] of Object.entries(v.parse(v.record(v.string(), v.unknown()), parsed))) {
        entries[name] = value;
        numbers.set(name, index + 1);
      }
    } catch {
      if (problems.length < maxEntries) problems.push(`Line ${index + 1} is no JSON.`);
    }
  }
  if (problems.length === 0) problems.push('The file is no JSON as a whole; its lines were read one by one.');
  return { entries, lines: (name) => numbers.get(name) ?? 0, problems };
}
