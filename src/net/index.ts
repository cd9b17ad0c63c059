export { createNetwork, type NetworkOptions } from './client.ts';
export { parseNetworkFile } from './network-file.ts';
export { builtInNetwork } from './networks.ts';
export { formatProxy, parseProxyUrl } from './proxy-url.ts';
export * from './types.ts';
