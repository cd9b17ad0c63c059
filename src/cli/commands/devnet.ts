import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import type { Context } from '../context.ts';
import { startEcho } from '../echo.ts';
import { whenAborted } from '../interrupt.ts';
import { flagOption, type Invocation, type Options, textOption } from '../invocation.ts';
import { wholeNumber } from '../numbers.ts';
import { makeTempFolder } from '../temp-folder.ts';

/** `devnet`: a whole network on this machine until interrupted; says `ready` once everything listens. */
export async function run(context: Context, invocation: Invocation): Promise<number> {
  const { options } = invocation;
  const nodes = wholeNumber(textOption(options, 'nodes'), '--nodes', { min: 4, max: 240, fallback: 9 });
  const port = wholeNumber(textOption(options, 'port'), '--port', { min: 0, max: 65_535, fallback: 0 });
  const subnets = subnetsOption(options);
  const journal = fileOption(options, 'journal');
  const wantedStateDir = fileOption(options, 'stateDir');
  const wantedNetworkFile = fileOption(options, 'networkFile');
  const control = fileOption(options, 'control');
  const faults = textOption(options, 'faults');
  const { startDevnet } = await context.modules.devnet();

  const temp = wantedStateDir === null ? await makeTempFolder('session-tui-devnet-') : null;
  const stateDir = wantedStateDir ?? temp?.path ?? '';
  const aborted = whenAborted(context.signal);
  try {
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    const devnet = await startDevnet({
      nodes,
      port,
      ...(subnets === null ? {} : { subnets }),
      stateDir,
      networkFile: wantedNetworkFile ?? join(stateDir, 'network.json'),
      ...(journal === null ? {} : { journal }),
      ...(faults === undefined ? {} : { faults }),
      ...(control === null ? {} : { control }),
      platform: context.platform,
    });
    try {
      const echo = flagOption(options, 'echo')
        ? await startEcho(await context.modules.core(), {
            networkFile: await readFile(devnet.networkFile, 'utf8'),
            stateDir,
            platform: context.platform,
          })
        : null;
      try {
        await context.printer.machine({
          event: 'ready',
          networkFile: devnet.networkFile,
          ...(echo === null ? {} : { echo: echo.accountId }),
        });
        return await aborted.promise;
      } finally {
        await echo?.close();
      }
    } finally {
      await devnet.close();
    }
  } finally {
    aborted.stop();
    await temp?.remove();
  }
}

/** `--subnets`, `--subnets on`, `--subnets off`; unless told otherwise, on where the whole of 127/8 is loopback. */
function subnetsOption(options: Options): boolean | null {
  const given = options.subnets;
  if (given === undefined) return process.platform === 'linux' ? null : false;
  if (given === true || given === 'on') return true;
  if (given === 'off') return false;
  throw new UsageError('usage', '--subnets is on or off.');
}

function fileOption(options: Options, name: string): string | null {
  const path = textOption(options, name);
  if (path === '') throw new UsageError('usage', 'A file name is empty.');
  return path === undefined ? null : resolve(path);
}
