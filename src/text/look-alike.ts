/**
 * Names that can be taken for others: the same skeleton, letters of several scripts, characters that nobody sees.
 * The table of characters behind it takes about 20 ms to load: front ends load this file when the first frame stands.
 */
import unhomoglyph from 'unhomoglyph';
import { hasHidden } from './hidden.ts';
import { sanitizeName } from './sanitize.ts';
import { mixesScripts } from './scripts.ts';

export type NamedPerson = Readonly<{
  id: string;
  /** foreign; what the person is called here */
  name: string;
}>;

/** Why a name is not to be trusted by its look. */
export type LookAlike = Readonly<{
  /** of another person's name · of one's own · letters of several scripts · invisible characters · as if marked */
  kind: 'another' | 'own' | 'mixed' | 'hidden' | 'imitates-mark';
  /** whose name it looks like, where there is one */
  id?: string;
  /** foreign: that name */
  name?: string;
}>;

/**
 * What a name looks like, in two readings: with capitals made small first (`ANA` is `ana`), and as it stands (a capital
 * I is a small l). Two names that agree in either can be taken for each other. None for nothing visible.
 */
export function skeletonsOf(name: string): readonly string[] {
  const seen = sanitizeName(name)
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  const small = tidy(unhomoglyph(seen.toLowerCase()));
  return small === '' ? [] : [`small ${small}`, `as is ${tidy(unhomoglyph(seen))}`];
}

function tidy(look: string): string {
  return look.normalize('NFKD').toLowerCase().replace(/\s+/gu, ' ').trim();
}

/** UTF-16 units of a name that are looked at; what is shown is far shorter. */
const maxLength = 1000;

/** An end of an ID, as marks write it, in a name that a person gave themselves. */
const markLike = /…\s*[0-9a-f]{4}\s*$/iu;

/** The persons whose names are not to be trusted by their look, by ID. `own`: one's own account and name. */
export function lookAlikesOf(
  people: readonly NamedPerson[],
  own: NamedPerson,
): ReadonlyMap<string, LookAlike> {
  const bySkeleton = new Map<string, NamedPerson[]>();
  const others = people
    .filter(({ id }) => id !== own.id)
    .map(({ id, name }) => ({ id, name: name.slice(0, maxLength) }));
  for (const person of others) {
    for (const skeleton of skeletonsOf(person.name)) {
      const same = bySkeleton.get(skeleton);
      if (same === undefined) bySkeleton.set(skeleton, [person]);
      else same.push(person);
    }
  }
  const ownSkeletons = skeletonsOf(own.name);
  const found = new Map<string, LookAlike>();
  for (const person of others) {
    const looks = skeletonsOf(person.name);
    const other = looks
      .flatMap((skeleton) => bySkeleton.get(skeleton)?.slice(0, 2) ?? [])
      .find(({ id }) => id !== person.id);
    if (looks.some((skeleton) => ownSkeletons.includes(skeleton)))
      found.set(person.id, { kind: 'own', id: own.id, name: own.name });
    else if (other !== undefined) found.set(person.id, { kind: 'another', id: other.id, name: other.name });
    else if (hasHidden(person.name)) found.set(person.id, { kind: 'hidden' });
    else if (mixesScripts(person.name)) found.set(person.id, { kind: 'mixed' });
    else if (markLike.test(person.name)) found.set(person.id, { kind: 'imitates-mark' });
  }
  return found;
}
