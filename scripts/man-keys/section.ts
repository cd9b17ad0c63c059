/** The section KEYS of the man page, made from the actions, the keymaps and vi's normal mode. Pure. */
import { type Action, actions, type Where } from '../../src/ui/actions.ts';
import { viHelp } from '../../src/ui/input/vi.ts';
import { chordsLabel } from '../../src/ui/keys/chord.ts';
import { keysIn, presets } from '../../src/ui/keys/presets.ts';
import type { Binding, KeymapName } from '../../src/ui/keys/types.ts';
import { slashLabel } from '../../src/ui/slash.ts';

/** Between these lines stands what `keysSection` gives. */
export const keysBegin = '.\\" KEYS, made by scripts/man-keys.ts; not edited by hand';
export const keysEnd = '.\\" end of KEYS';

const groups = [...new Set(actions.map(({ group }) => group))];

/** mdoc source: every action with its keys, its name for the file of own keys, and its slash command. */
export function keysSection(): string {
  return [
    ...groups.flatMap((group) => [
      `.Ss ${group}`,
      '.Bl -tag -width Ds',
      ...actions.filter((action) => action.group === group).flatMap(entry),
      '.El',
    ]),
    '.Ss The vi keymap',
    'The composer is modal.',
    'Its normal mode knows counts and',
    '.Bl -tag -width Ds',
    ...viHelp.flatMap(([keys, what]) => [`.It Ic ${words(keys)}`, sentence(what)]),
    '.El',
    '.Pp',
    'Elsewhere it has these keys beside the default ones:',
    ...presetList('vi'),
    '.Ss The emacs keymap',
    'It has these keys beside the default ones; those marked',
    '.Pq only',
    'in their place:',
    ...presetList('emacs'),
  ].join('\n');
}

function entry(action: Action): string[] {
  return [
    `.It ${keysOf(action.keys)}`,
    sentence(action.title),
    `.Pq Cm ${action.name} , Li ${slashLabel(action)}`,
  ];
}

function presetList(name: KeymapName): string[] {
  const items = [...presets[name]].flatMap(([action, change]) => {
    const title = actions.find((one) => one.name === action)?.title ?? '';
    return [
      `.It ${keysOf(keysIn(change))}${'only' in change ? ' Pq only' : ''}`,
      sentence(title),
      `.Pq Cm ${action}`,
    ];
  });
  return ['.Bl -tag -width Ds', ...items, '.El'];
}

const placeWords: Readonly<Partial<Record<Where, string>>> = {
  list: 'list',
  messages: 'messages',
  'not-typing': 'where no text is typed',
  normal: 'normal mode',
};

/** `Ic Ctrl-R , Ic / Pq list`: the place is said where it is not text, composer or anywhere. */
function keysOf(bindings: readonly Binding[]): string {
  const places = [...new Set(bindings.map(({ where }) => where))];
  return places
    .map((where) => {
      const labels = bindings.filter((one) => one.where === where).map(({ chord }) => chordsLabel(chord));
      const place = placeWords[where];
      const keys = [...new Set(labels)].map((label) => `Ic ${words(label)}`).join(' , ');
      return place === undefined ? keys : `${keys} Pq ${place}`;
    })
    .join(' , ');
}

/** Punctuation by itself means something to mdoc, and so do short words that are macros. */
function words(text: string): string {
  return text
    .split(' ')
    .map((word) => (/^[^A-Za-z0-9]$/.test(word) || /^[A-Z][a-z]$/.test(word) ? `\\&${word}` : word))
    .join(' ')
    .replaceAll('\\&\\', '\\e');
}

function sentence(text: string): string {
  return `${text.replaceAll('\\', '\\e')}.`;
}
