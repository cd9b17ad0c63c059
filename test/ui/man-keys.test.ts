import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { keysBegin, keysEnd, keysSection } from '../../scripts/man-keys/section.ts';
import { settingKeys } from '../../src/core/types.ts';
import { actions } from '../../src/ui/actions.ts';
import { keyLabels } from '../../src/ui/keymap.ts';

const page = readFileSync(new URL('../../man/session-tui.1', import.meta.url), 'utf8');
const section = page.slice(page.indexOf(keysBegin) + keysBegin.length + 1, page.indexOf(keysEnd) - 1);

describe('the section KEYS of the man page', () => {
  it('is what the actions make of it (else: npm run man-keys)', () => {
    expect(section).toBe(keysSection());
  });

  it('names every action, its title and its first key', () => {
    const entries = section.split('\n.It ');
    for (const action of actions) {
      const entry = entries.find((text) => text.includes(`.Pq Cm ${action.name} `));
      expect(entry, action.name).toContain(`${action.title}.`);
      expect(entry?.split('\n')[0]?.replaceAll('\\&', ''), action.name).toContain(
        `Ic ${keyLabels(action)[0]}`,
      );
    }
  });
});

it('the man page names every setting', () => {
  for (const key of settingKeys) expect(page).toMatch(new RegExp(`^\\.(?:It )?Cm ${key}(?: |$)`, 'm'));
});
