/** A look at the network without an account, for `doctor`. */
import { createNetwork } from '../net/index.ts';
import type { MessengerOptions } from './messenger.ts';
import type { NetworkView } from './types.ts';
import { toNetworkView } from './views.ts';

/** The network as a stranger sees it: nothing is remembered, and nothing tells of an account. */
export type NetworkProbe = Readonly<{
  view(): NetworkView;
  /** greets the proxy and asks it for nothing; NetworkError `proxy`. Without a proxy it does nothing */
  checkProxy(signal?: AbortSignal): Promise<void>;
  /** as `Session.connect`, from the seeds on */
  connect(signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}>;

export function createNetworkProbe(
  options: Pick<MessengerOptions, 'network' | 'proxy' | 'platform'>,
): NetworkProbe {
  const network = createNetwork({
    definition: options.network,
    proxy: options.proxy,
    platform: options.platform,
    memory: { load: () => undefined, save: async () => {} },
  });
  return {
    view: () => toNetworkView(network.status()),
    checkProxy: (signal) => network.checkProxy(signal),
    connect: (signal) => network.connect(signal),
    close: () => network.close(),
  };
}
