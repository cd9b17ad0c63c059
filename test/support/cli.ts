/** Runs the command line in this process, on streams in memory and a fake messenger. */
import { Readable, Writable } from 'node:stream';
import type { Modules } from '../../src/cli/context.ts';
import type { CliIo } from '../../src/cli/io.ts';
import { runCli } from '../../src/cli/run.ts';
import { checkNickname } from '../../src/core/commands/contacts.ts';
import { checkSettingKey, isShared, parseSetting } from '../../src/core/settings.ts';
import { mutedForGood } from '../../src/core/types.ts';
import { parseNetworkFile } from '../../src/net/network-file.ts';
import { builtInNetwork } from '../../src/net/networks.ts';
import { parseProxyUrl } from '../../src/net/proxy-url.ts';
import type { FakeMessenger } from './fake-messenger.ts';

export type CliResult = Readonly<{
  code: number;
  stdout: string;
  stderr: string;
  json: Record<string, unknown>[];
}>;

export type CliOptions = Readonly<{
  stdin?: string | Uint8Array | Readable;
  env?: Record<string, string>;
  /** lines of standard output that are taken before the reader goes away */
  closeAfter?: number;
  modules?: Partial<Modules>;
  /** sees each chunk of standard output as it is written */
  onOutput?: (chunk: string) => void;
}>;

/** What the command line uses of core, with the messenger replaced. */
export function fakeCore(messenger: FakeMessenger): Partial<Modules> {
  const core = {
    createMessenger: () => messenger,
    checkRecoveryPhrase: (phrase: string) => messenger.checkPhrase(phrase),
    createNetworkProbe: () => messenger.probe,
    profileFolder: () => messenger.folder,
    checkNickname,
    mutedForGood,
    checkSettingKey,
    isShared,
    parseSetting,
    builtInNetwork,
    parseNetworkFile,
    parseProxyUrl,
  };
  // The command line uses these functions of core and its types only.
  return { core: async () => core as unknown as Awaited<ReturnType<Modules['core']>> };
}

export async function cli(
  messenger: FakeMessenger,
  args: readonly string[],
  options: CliOptions = {},
): Promise<CliResult> {
  let stdout = '';
  let stderr = '';
  let lines = 0;
  const out = new Writable({
    write(chunk, _encoding, done) {
      if (options.closeAfter !== undefined && lines >= options.closeAfter) {
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
        return;
      }
      lines += 1;
      stdout += String(chunk);
      options.onOutput?.(String(chunk));
      done();
    },
  });
  out.on('error', () => undefined);
  const err = new Writable({
    write(chunk, _encoding, done) {
      stderr += String(chunk);
      done();
    },
  });
  const { stdin = '' } = options;
  const io: CliIo = {
    env: { HOME: '/nowhere', ...options.env },
    stdin: () => (stdin instanceof Readable ? stdin : Readable.from([Buffer.from(stdin)])),
    stdinIsTerminal: false,
    stdout: out,
    stdoutIsTerminal: false,
    stderr: err,
    stderrIsTerminal: false,
  };
  const code = await runCli(args, io, { ...fakeCore(messenger), ...options.modules });
  const json = stdout
    .split('\n')
    .filter((line) => line.startsWith('{"'))
    .map((line): Record<string, unknown> => JSON.parse(line));
  return { code, stdout, stderr, json };
}
