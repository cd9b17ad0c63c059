/** `--demo`: an embedded devnet, an echo contact and a throwaway account, all in a folder that goes away again. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAccountId } from '../protocol/ids.ts';
import { chatTerminal, showChat } from './chat-terminal.ts';
import type { Context } from './context.ts';
import { startEcho } from './echo.ts';
import { unkept } from './key-file.ts';
import type { LinearChoice } from './linear-choice.ts';
import { makeTempFolder } from './temp-folder.ts';

const profile = 'demo';

/** Opens the chat UI with the echo conversation open; gives its exit code once everything is put away. */
export async function runDemo(context: Context, linear: LinearChoice | null): Promise<number> {
  const { platform, settings, modules } = context;
  const temp = await makeTempFolder('session-tui-demo-');
  try {
    const { startDevnet } = await modules.devnet();
    const devnet = await startDevnet({
      nodes: 9,
      port: 0,
      subnets: process.platform === 'linux',
      stateDir: join(temp.path, 'devnet'),
      networkFile: join(temp.path, 'network.json'),
      platform,
    });
    try {
      const core = await modules.core();
      const networkFile = await readFile(devnet.networkFile, 'utf8');
      const echo = await startEcho(core, { networkFile, stateDir: temp.path, platform });
      try {
        const messenger = core.createMessenger({
          platform,
          dataDir: join(temp.path, 'you'),
          network: core.parseNetworkFile(networkFile),
          proxy: null,
          lowBandwidth: settings.lowBandwidth,
        });
        const session = await messenger.createAccount({ profile, name: 'You', password: null });
        const echoId = parseAccountId(echo.accountId);
        if (echoId !== null) {
          await session.startConversation(echoId);
          // Its own name comes with its first answer.
          await session.changeContact(echoId, { nickname: 'Echo' });
        }
        await session.close();
        const ui = await modules.ui();
        const terminal = chatTerminal(context, ui);
        return await showChat(ui, linear, {
          ...terminal,
          keyFile: unkept(terminal.keyFile),
          messenger,
          profile,
          password: null,
          noPassword: true,
          openConversation: echo.accountId,
          welcome:
            'A whole network runs inside this program; nothing of it stays. Write something: Echo answers.',
        });
      } finally {
        await echo.close();
      }
    } finally {
      await devnet.close();
    }
  } finally {
    await temp.remove();
  }
}
