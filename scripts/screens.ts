/**
 * `npm run screens -- [NAME…]`: makes the pictures of the README (docs/screens/NAME.svg) from the
 * built program: a devnet, some people who write to one another, and the chat UI in a pseudo-terminal whose emulator is
 * drawn as SVG. Account IDs are the same in each run; times and IP addresses are what they are.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PtyScreen } from '../test/support/pty-screen.ts';
import { scenes } from './screens/scenes.ts';
import { screenSvg } from './screens/svg.ts';
import { makeWorld } from './screens/world.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const wanted = process.argv.slice(2);
const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.ts')], { stdio: 'inherit' });
if (built.status !== 0) process.exit(1);

const folder = await mkdtemp(join(tmpdir(), 'session-tui-screens-'));
const out = join(root, 'docs', 'screens');
await mkdir(out, { recursive: true });
const world = await makeWorld(folder);
try {
  for (const scene of scenes) {
    if (wanted.length > 0 && !wanted.includes(scene.name)) continue;
    const screen = new PtyScreen([...world.options, ...(scene.options ?? [])], scene.size);
    try {
      await screen.waitFor('Ana');
      await scene.play(screen);
      await screen.settled();
      await writeFile(
        join(out, `${scene.name}.svg`),
        screenSvg(screen.terminal, scene.title, screen.cursorShown),
      );
      process.stdout.write(`docs/screens/${scene.name}.svg\n`);
    } finally {
      screen.kill();
      await screen.exited;
    }
  }
} finally {
  await world.close();
  await rm(folder, { recursive: true, force: true });
}
process.exit(0);
