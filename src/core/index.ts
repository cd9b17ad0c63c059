/** What front ends may use of the messenger. */
export {
  builtInNetwork,
  type NetworkDefinition,
  type NetworkGuard,
  type ProxySettings,
  type ProxySource,
  parseNetworkFile,
  parseProxyUrl,
} from '../net/index.ts';
export { createMessenger, type MessengerOptions } from './messenger.ts';
export * from './types.ts';
