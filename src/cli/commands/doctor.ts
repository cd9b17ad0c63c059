import { type Context, loadNetwork, proxyOf } from '../context.ts';
import type { CheckName, Finding } from '../doctor/findings.ts';
import { checkNetwork } from '../doctor/network.ts';
import { checkStore } from '../doctor/store.ts';
import { checkTerminal, type TerminalFacts } from '../doctor/terminal.ts';
import { exitCodes } from '../exit-codes.ts';
import { checkLine } from '../output/json-lines.ts';

/** Checks whose problems mean that the network can't be reached (exit code 3). */
const ofNetwork: ReadonlySet<CheckName> = new Set(['proxy', 'network', 'swarm']);

/** `doctor`: looks at everything the program needs, one line each, and says what to mend. */
export async function run(context: Context): Promise<number> {
  const { settings, platform, printer } = context;
  const core = await context.modules.core();
  // a network file or proxy that can't be read is wrong usage, and told before anything is looked at
  const network = await loadNetwork(context, core);
  const proxy = proxyOf(settings, core);

  const problems = new Set<CheckName>();
  const tell = async (finding: Finding): Promise<void> => {
    if (finding.level === 'problem') problems.add(finding.name);
    await printer.print(checkLine(finding));
  };
  const { colorsOf } = await context.modules.ui();
  await tell(terminalOf(context, colorsOf(context.io.env, settings.color).depth));
  const { finding, session } = await checkStore(context);
  const probe = core.createNetworkProbe({ network, proxy, platform });
  try {
    await tell(finding);
    for await (const found of checkNetwork(context, probe, session)) await tell(found);
  } finally {
    await probe.close();
    await session?.close();
  }
  if (problems.size === 0) return exitCodes.done;
  return [...problems].every((name) => ofNetwork.has(name)) ? exitCodes.network : exitCodes.failure;
}

function terminalOf({ io, settings }: Context, colors: TerminalFacts['colors']): Finding {
  const { stdout } = io;
  const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  return checkTerminal({
    isTerminal: io.stdoutIsTerminal,
    columns: 'columns' in stdout ? number(stdout.columns) : null,
    rows: 'rows' in stdout ? number(stdout.rows) : null,
    colors,
    color: settings.color,
    env: io.env,
    platform: process.platform,
  });
}
