import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actions } from '../../../src/ui/actions.ts';
import { createKeymap } from '../../../src/ui/keymap.ts';
import { chordsLabel, parseChord } from '../../../src/ui/keys/chord.ts';
import { maxOwnFileLength, parseOwnKeys, withEntries } from '../../../src/ui/keys/own-file.ts';
import { keymapNames, wheres } from '../../../src/ui/keys/types.ts';

const parse = (text: string) => parseOwnKeys(text, actions);

describe('a chord as a person writes it', () => {
  it.each([
    ['ctrl-k', 'ctrl-k', 'Ctrl-K'],
    ['Ctrl+K', 'ctrl-k', 'Ctrl-K'],
    ['ALT-Enter', 'alt-enter', 'Alt-Enter'],
    ['meta-x', 'alt-x', 'Alt-X'],
    ['alt-shift-k', 'alt-K', 'Alt-Shift-K'],
    ['shift-tab', 'shift-tab', 'Shift-Tab'],
    ['F5', 'f5', 'F5'],
    ['?', '?', '?'],
    ['G', 'G', 'G'],
    ['-', '-', '-'],
    ['ctrl-minus', 'ctrl--', 'Ctrl--'],
    ['esc', 'escape', 'Esc'],
    ['ctrl-x  ctrl-f', 'ctrl-x ctrl-f', 'Ctrl-X Ctrl-F'],
    ['g g', 'g g', 'g g'],
    ['é', 'é', 'é'],
  ])('%s', (written, chord, label) => {
    expect(parseChord(written)).toEqual({ chord });
    expect(chordsLabel(chord)).toBe(label);
  });

  it.each([
    ['ctl-p', '"ctl-p" is no key'],
    ['', 'an empty text is no key'],
    ['a b c d', 'more than 3 keys'],
    ['ctrl-i', '"ctrl-i" is Tab to a terminal'],
    ['ctrl-m', 'Enter'],
    ['hyper-x', 'is no key'],
    ['ab', 'is no key'],
    ['\u202e', 'is no key'],
    [`a${'\u0301'.repeat(100)}`, 'is no key'],
  ])('%j is refused in words', (written, problem) => {
    expect(parseChord(written)).toEqual({ problem: expect.stringContaining(problem) });
  });
});

describe('the file of own keys', () => {
  it('gives actions one key, several, keys in a place, or none', () => {
    const { bindings, problems } = parse(
      '{"quit":"f8","palette.open":["ctrl-p","f9"],"message.copy":{"key":"y","where":"messages"},"lock":null,"suspend":[]}',
    );
    expect(problems).toEqual([]);
    expect(Object.fromEntries(bindings)).toEqual({
      quit: [{ where: 'anywhere', chord: 'f8' }],
      'palette.open': [
        { where: 'anywhere', chord: 'ctrl-p' },
        { where: 'anywhere', chord: 'f9' },
      ],
      'message.copy': [{ where: 'messages', chord: 'y' }],
      lock: [],
      suspend: [],
    });
  });

  it('names what is wrong with an entry by line and name, and keeps all others', () => {
    const { bindings, problems } = parse(`{
  "quit": "f8",
  "no.action": "f9",
  "lock": "ctl-p",
  "suspend": 5,
  "help.open": "f8",
  "back": {"key": "x", "where": "moon"},
  "search.all": ["1","2","3","4","5","6","7","8","9"],
  "account.show": "f10"
}`);
    expect([...bindings.keys()]).toEqual(['quit', 'account.show']);
    expect(problems).toEqual([
      'Line 3, no.action: there is no such action.',
      'Line 4, lock: "ctl-p" is no key.',
      expect.stringMatching(/^Line 5, suspend: it is a key, a list of at most 8 keys, or null/),
      'Line 6, help.open: F8 is a key of quit in this file already.',
      expect.stringMatching(/^Line 7, back: /),
      expect.stringMatching(/^Line 8, search\.all: /),
    ]);
  });

  it('reads the lines of a file that is no JSON, and will not write it', () => {
    const { bindings, problems, entries } = parse(
      '{\n  // mine\n  "quit": "f8",\n  "lock": f9,\n  "suspend": "f7",\n}\n',
    );
    expect([...bindings.keys()]).toEqual(['quit', 'suspend']);
    expect(problems).toEqual(['Line 4 is no JSON.']);
    expect(entries).toBeNull();
  });

  it.each(['[]', '"quit"', '5', 'null'])('says of %s that it is no object', (text) => {
    expect(parse(text)).toMatchObject({ problems: [expect.stringContaining('JSON object')], entries: null });
  });

  it('is bounded', () => {
    expect(parse(' '.repeat(maxOwnFileLength + 1)).problems).toEqual([expect.stringContaining('longer')]);
    const many = Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`a${i}`, 'x']));
    expect(parse(JSON.stringify(many)).problems).toContain('Only the first 500 entries count.');
  });

  it('keeps what it does not know when one entry is changed', () => {
    const { entries } = parse('{"of.later": {"x": 1}, "quit": "f8", "lock": "f9"}');
    const changes = new Map([
      ['quit', [{ where: 'anywhere', chord: 'alt-K' }]],
      ['lock', null],
    ] as const);
    const text = withEntries(entries ?? {}, changes);
    expect(JSON.parse(text)).toEqual({
      'of.later': { x: 1 },
      quit: [{ key: 'alt-shift-K', where: 'anywhere' }],
    });
    expect(parse(text).bindings.get('quit')).toEqual([{ where: 'anywhere', chord: 'alt-K' }]);
  });

  it('makes a keymap of whatever stands in it, and never throws', () => {
    const chord = fc.oneof(
      fc.string(),
      fc.constantFrom('ctrl-k', 'f5', 'g', 'g g', 'ctrl-x ctrl-k', 'alt-shift-k'),
    );
    const one = fc.oneof(chord, fc.record({ key: chord, where: fc.constantFrom(...wheres, 'moon') }));
    const value = fc.oneof(one, fc.array(one, { maxLength: 10 }), fc.jsonValue());
    const name = fc.oneof(fc.constantFrom(...actions.map((action) => action.name)), fc.string());
    fc.assert(
      fc.property(
        fc.dictionary(name, value, { maxKeys: 30 }),
        fc.constantFrom(...keymapNames),
        (file, preset) => {
          const { bindings } = parse(JSON.stringify(file));
          const keymap = createKeymap(actions, preset, bindings);
          for (const [action, keys] of bindings)
            for (const { where, chord: key } of keys) expect(keymap.find([where], key)).toBe(action);
        },
      ),
      { seed: 5, numRuns: 300 },
    );
  });
});
