import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { scenes } from '../scripts/screens/scenes.ts';

const at = (path: string) => readFile(new URL(`../${path}`, import.meta.url), 'utf8');

describe('the pictures of the README', () => {
  it.each(scenes)(
    '$name is shown, and is what npm run screens makes of its scene',
    async ({ name, title, size }) => {
      expect(await at('README.md')).toContain(`(docs/screens/${name}.svg)`);
      const picture = await at(`docs/screens/${name}.svg`);
      expect(picture).toContain(`<title>${title}</title>`);
      const [, width] = /viewBox="0 0 ([\d.]+) /.exec(picture) ?? [];
      // 8.4 to a column, and a margin: the size of the scene.
      expect(Math.round((Number(width) - 24) / 8.4)).toBe(size[0]);
      expect(picture).not.toContain('undefined');
    },
  );
});
