/** What a running command has: checked settings, output, password, and the messenger, loaded when asked for. */
import { readFile } from 'node:fs/promises';
import type { Messenger, NetworkDefinition, ProxySettings, Session } from '../core/index.ts';
import { messageOf, NotFoundError, StoreError, UsageError } from '../errors.ts';
import { utf8Decode } from '../util/bytes.ts';
import type { Platform } from '../util/platform.ts';
import { damageWords } from './damage-words.ts';
import { exitCodes, Interrupted } from './exit-codes.ts';
import type { CliIo } from './io.ts';
import type { NameOf } from './output/human.ts';
import type { Printer } from './output/printer.ts';
import type { PasswordSource } from './password.ts';
import { runtimeDirs } from './runtime-dirs.ts';
import { type Settings, torProxy } from './settings.ts';
import type { StdinReader } from './stdin.ts';

/** The parts that commands load lazily. Tests replace them. */
export type Modules = Readonly<{
  core: () => Promise<typeof import('../core/index.ts')>;
  ui: () => Promise<typeof import('../ui/index.ts')>;
  devnet: () => Promise<typeof import('../devnet/index.ts')>;
}>;

export type Context = Readonly<{
  io: CliIo;
  settings: Settings;
  modules: Modules;
  platform: Platform;
  printer: Printer;
  stdin: StdinReader;
  password: PasswordSource;
  /** aborted with an `Interrupted` by the first signal */
  signal: AbortSignal;
}>;

/** The messenger on the network and through the proxy that the settings name. UsageError for what can't be meant. */
export async function openMessenger(context: Context): Promise<Messenger> {
  const { settings, platform } = context;
  const core = await context.modules.core();
  return core.createMessenger({
    platform,
    dataDir: settings.dataDir,
    network: await loadNetwork(context, core),
    proxy: proxyOf(settings, core),
    lowBandwidth: settings.lowBandwidth,
    runtimeDirs: runtimeDirs(context.io.env, process.platform, process.getuid?.()),
  });
}

/** UsageError `bad-proxy`, which says where the address came from if that is a variable. */
export function proxyOf(
  { proxy, proxySource }: Pick<Settings, 'proxy' | 'proxySource'>,
  core: typeof import('../core/index.ts'),
): ProxySettings | null {
  if (proxy === null) return null;
  try {
    return {
      ...core.parseProxyUrl(proxy),
      ...(proxySource === '--tor' ? { otherPort: torProxy.otherPort } : {}),
      ...(proxySource === null ? {} : { source: proxySource }),
    };
  } catch (error) {
    if (!(error instanceof UsageError) || proxySource === null || proxySource.startsWith('--')) throw error;
    throw new UsageError(error.code, `${proxySource}: ${error.message}`, { cause: error });
  }
}

export async function loadNetwork(
  context: Context,
  core: typeof import('../core/index.ts'),
): Promise<NetworkDefinition> {
  const name = context.settings.network;
  const builtIn = core.builtInNetwork(name);
  if (builtIn !== null) return builtIn;
  let bytes: Uint8Array;
  try {
    bytes = await readFile(name);
  } catch (error) {
    throw new UsageError(
      'network-file',
      `--network is mainnet, testnet or a network file, and that file can't be read: ${messageOf(error)}.`,
      { cause: error },
    );
  }
  const text = utf8Decode(bytes);
  if (text === null) throw new UsageError('bad-network-file', 'The network file is not UTF-8.');
  return core.parseNetworkFile(text);
}

export function noAccount(profile: string): NotFoundError {
  const option = profile === 'default' ? '' : ` --profile ${profile}`;
  return new NotFoundError(
    'no-account',
    `There is no account in the profile "${profile}". Make one with: session-tui${option} account create`,
  );
}

/** How a command has the profile. `alone`: in this process; exit code 7 at once while another one holds it. */
export type Access = Readonly<{ alone?: boolean }>;

/**
 * Opens the profile that the settings name, asking for its password if need be; NotFoundError `no-account` first. A
 * process that holds it and stays serves this one, without a password.
 */
export async function openSession(context: Context, { alone = false }: Access = {}): Promise<Session> {
  const messenger = await openMessenger(context);
  const { profile } = context.settings;
  const state = await messenger.profileState(profile);
  if (state === 'none') throw noAccount(profile);
  const open = (password: string | null, typed?: Readonly<{ signal: AbortSignal }>): Promise<Session> =>
    alone
      ? messenger.openSession(profile, password, typed)
      : messenger.shareSession(profile, password, context.signal, typed);
  return state === 'no-password' ? open(null) : context.password.unlock(open);
}

/** Holders that may go away during one command. */
const maxHolders = 8;

/**
 * Opens the profile, runs the command, and closes the profile whatever happens. What was found damaged is named,
 * and the exit code says so, after everything readable has been printed. When the process that served the command
 * goes away, the command begins again, unless what it had asked for might then be done twice: a command keeps what
 * it must not repeat outside of the function.
 */
export async function withSession(
  context: Context,
  command: (session: Session) => Promise<number>,
  access: Access = {},
): Promise<number> {
  return repeatedly(async () => runInSession(context, await openSession(context, access), command));
}

/** Begins again when the process that served the attempt goes away, unless something might then be done twice. */
export async function repeatedly(attempt: () => Promise<number>): Promise<number> {
  for (let holders = 1; ; holders++) {
    try {
      return await attempt();
    } catch (error) {
      const again =
        error instanceof StoreError && error.fields.holderGone === true && error.fields.repeatable === true;
      if (!again || holders >= maxHolders) throw error;
    }
  }
}

/** As `withSession`, for a session that is open already. */
export async function runInSession(
  context: Context,
  session: Session,
  command: (session: Session) => Promise<number>,
): Promise<number> {
  let code: number;
  try {
    code = await command(session);
  } catch (error) {
    if (session.damage().length === 0 || error instanceof Interrupted) throw error;
    await context.printer.error(error);
    return reportDamage(context, session);
  } finally {
    await session.close();
  }
  return session.damage().length > 0 ? reportDamage(context, session) : code;
}

async function reportDamage(context: Context, session: Session): Promise<number> {
  for (const damage of session.damage()) {
    const { file, keptAs } = damage;
    const fields = { file, keptAs };
    await context.printer.error(new StoreError('damaged', damageWords(damage), { fields }));
  }
  return exitCodes.damaged;
}

/** Names of the people one has conversations with. */
export function namesOf(session: Session): NameOf {
  const names = new Map(session.getState().conversations.map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? null;
}
