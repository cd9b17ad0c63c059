import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Where sockets of this user may lie, best first. A job of cron has no `XDG_RUNTIME_DIR` and must find those of a
 * session that has, so the place it usually names comes next. None on Windows.
 */
export function runtimeDirs(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  userId: number | undefined,
): readonly string[] {
  if (userId === undefined || platform === 'win32') return [];
  const named = env.XDG_RUNTIME_DIR;
  const dirs = named !== undefined && isAbsolute(named) ? [join(named, 'session-tui')] : [];
  if (platform === 'linux') dirs.push(`/run/user/${userId}/session-tui`);
  const shared = platform === 'darwin' ? tmpdir() : '/tmp';
  dirs.push(join(shared, `session-tui-${userId}`));
  return [...new Set(dirs)];
}
