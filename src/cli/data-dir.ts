import { isAbsolute, join } from 'node:path';

/**
 * The folder that holds all profiles where nothing else was asked for (contracts.md section 1):
 * `$XDG_CONFIG_HOME/session-tui` if that is an absolute path, else the platform's own place.
 */
export function defaultDataDir(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  home: string,
): string {
  const config = env.XDG_CONFIG_HOME;
  if (config !== undefined && isAbsolute(config)) return join(config, 'session-tui');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'session-tui');
  if (platform === 'win32') return join(env.APPDATA ?? join(home, 'AppData', 'Roaming'), 'session-tui');
  return join(home, '.config', 'session-tui');
}
