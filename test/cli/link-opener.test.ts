import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { automaticOpener, linkOpener } from '../../src/cli/link-opener.ts';

describe('what opens links', () => {
  it('is the desktop’s program where there is a screen, and nothing over SSH', () => {
    expect(automaticOpener({ DISPLAY: ':0' }, 'linux')).toBe('xdg-open');
    expect(automaticOpener({ WAYLAND_DISPLAY: 'wayland-0' }, 'freebsd')).toBe('xdg-open');
    expect(automaticOpener({}, 'darwin')).toBe('open');
    expect(automaticOpener({}, 'linux')).toBeNull();
    for (const name of ['SSH_CONNECTION', 'SSH_CLIENT', 'SSH_TTY'])
      expect(automaticOpener({ DISPLAY: ':0', [name]: 'x' }, 'darwin')).toBeNull();
  });

  it('gets the link as one argument, whatever stands in it, and no variable that is this program’s', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'session-tui-links-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const out = join(folder, 'out');
    const script = join(folder, 'opener.mjs');
    writeFileSync(
      script,
      `import { renameSync, writeFileSync } from 'node:fs';
      writeFileSync(process.argv[2] + '.new', JSON.stringify([process.argv.slice(3), process.env.SESSION_TUI_PASSWORD_FILE ?? null]));
      renameSync(process.argv[2] + '.new', process.argv[2]);`,
    );
    const { run } = linkOpener({ SESSION_TUI_PASSWORD_FILE: '/secret' }, 'linux');
    const link = "https://a.example/;touch$IFS'x'`id`$(id)|&";
    expect(await run([process.execPath, script, out, link])).toBeNull();
    let written: unknown = null;
    for (let i = 0; i < 200 && written === null; i++) {
      await sleep(25);
      try {
        written = JSON.parse(readFileSync(out, 'utf8'));
      } catch {
        // Not there yet.
      }
    }
    expect(written).toEqual([[link], null]);
  });

  it('that is not there is said', async () => {
    const { run } = linkOpener({ PATH: '/nowhere' }, 'linux');
    expect(await run(['no-such-program', 'https://a.example'])).toMatch(/could not be started/);
  });
});
