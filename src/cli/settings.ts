/** Global options and their environment variables, checked. Whatever is wrong here is wrong usage. */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { ProxySource } from '../core/index.ts';
import { UsageError } from '../errors.ts';
import { type LogLevel, logLevels } from '../util/logger.ts';
import { defaultDataDir } from './data-dir.ts';
import { flagOption, type Options, textOption } from './invocation.ts';

export type Settings = Readonly<{
  profile: string;
  dataDir: string;
  /** name or file, as given */
  network: string;
  /** as given; null for none */
  proxy: string | null;
  /** where it was given; null where it was not */
  proxySource: ProxySource | null;
  /** path, or `-` for the first line of standard input */
  passwordFile: string | null;
  noPassword: boolean;
  json: boolean;
  lowBandwidth: boolean;
  logLevel: LogLevel | null;
  logFile: string | null;
  color: boolean;
}>;

type Env = Readonly<Record<string, string | undefined>>;

export function readSettings(options: Options, env: Env): Settings {
  const given = (option: string, variable: string): string | null => {
    const value = textOption(options, option) ?? env[variable];
    return value === undefined || (value === '' && textOption(options, option) === undefined) ? null : value;
  };
  // commander keeps a negatable option as `true` unless it was given
  const noPassword = options.password === false;
  if (noPassword && textOption(options, 'passwordFile') !== undefined) {
    throw new UsageError('usage', 'Give --password-file or --no-password, not both.');
  }
  return {
    profile: checkProfileName(given('profile', 'SESSION_TUI_PROFILE') ?? 'default'),
    dataDir: resolve(
      notEmpty(
        given('dataDir', 'SESSION_TUI_DATA_DIR') ?? defaultDataDir(env, process.platform, homedir()),
        '--data-dir',
      ),
    ),
    network: notEmpty(given('network', 'SESSION_TUI_NETWORK') ?? 'mainnet', '--network'),
    ...readProxy(options, env),
    passwordFile: noPassword ? null : given('passwordFile', 'SESSION_TUI_PASSWORD_FILE'),
    noPassword,
    json: flagOption(options, 'json'),
    lowBandwidth: flagOption(options, 'lowBandwidth') || isOn(env.SESSION_TUI_LOW_BANDWIDTH),
    ...readLogSettings(options, env),
    color: options.color !== false && (env.NO_COLOR === undefined || env.NO_COLOR === ''),
  };
}

/** Tor's own SOCKS port; its browser listens on another one, which is tried second. */
export const torProxy = { url: 'socks5h://127.0.0.1:9050', otherPort: 9150 } as const;

/**
 * An option, else our own variable, else `ALL_PROXY` if it names a SOCKS5 proxy: of other kinds we know none, and
 * programs beside this one may need them.
 */
function readProxy(options: Options, env: Env): Pick<Settings, 'proxy' | 'proxySource'> {
  const option = textOption(options, 'proxy');
  const tor = flagOption(options, 'tor');
  if (tor && option !== undefined) throw new UsageError('usage', 'Give --tor or --proxy, not both.');
  if (option !== undefined) return { proxy: option, proxySource: '--proxy' };
  if (tor) return { proxy: torProxy.url, proxySource: '--tor' };
  const own = env.SESSION_TUI_PROXY ?? '';
  if (own !== '') return { proxy: own, proxySource: 'SESSION_TUI_PROXY' };
  const general = [env.ALL_PROXY, env.all_proxy].find((url) => /^socks5h?:/i.test(url?.trim() ?? ''));
  if (general !== undefined) return { proxy: general, proxySource: 'ALL_PROXY' };
  return { proxy: null, proxySource: null };
}

/** `SESSION_TUI_LOG` is `LEVEL`, `LEVEL:FILE`, or a file alone (level `info`). */
function readLogSettings(options: Options, env: Env): Pick<Settings, 'logLevel' | 'logFile'> {
  const variable = env.SESSION_TUI_LOG ?? '';
  const colon = variable.indexOf(':');
  const head = colon < 0 ? variable : variable.slice(0, colon);
  const levelOfVariable = logLevels.find((level) => level === head);
  const fileOfVariable =
    levelOfVariable === undefined ? variable : colon < 0 ? '' : variable.slice(colon + 1);
  const wanted = textOption(options, 'logLevel');
  const level = logLevels.find((known) => known === wanted);
  if (wanted !== undefined && level === undefined) {
    throw new UsageError('usage', `--log-level is one of ${logLevels.join(', ')}.`);
  }
  const file = textOption(options, 'logFile') ?? (fileOfVariable === '' ? undefined : fileOfVariable);
  if (file === '') throw new UsageError('usage', '--log-file needs a file name.');
  const chosen = level ?? levelOfVariable ?? (file === undefined ? null : 'info');
  return { logLevel: chosen, logFile: file === undefined ? null : resolve(file) };
}

/** Also the name of a folder: the same rule as in core, but told before anything is loaded. */
export function checkProfileName(name: string): string {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/.test(name)) {
    throw new UsageError(
      'bad-profile-name',
      'A profile name has letters, digits, ".", "_" and "-" only, at most 64, and does not begin with "." or "-".',
    );
  }
  return name;
}

function notEmpty(value: string, option: string): string {
  if (value === '') throw new UsageError('usage', `${option} needs a value.`);
  return value;
}

/** A variable that is set, and not to a word for no. */
export function isOn(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false', 'no', 'off'].includes(value.toLowerCase());
}
