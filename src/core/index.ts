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
export { foldText } from '../store/index.ts';
export { type BackupSource, openBackup } from './backup/open.ts';
export { checkNickname } from './commands/contacts.ts';
export { checkRecoveryPhrase, createMessenger, type MessengerOptions, profileFolder } from './messenger.ts';
export { createNetworkProbe, type NetworkProbe } from './probe.ts';
export { checkSettingKey, isShared, parseSetting } from './settings.ts';
export { clockWords } from './traces.ts';
export * from './types.ts';
export { settingKeys } from './types.ts';
