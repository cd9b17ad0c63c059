import { join } from 'node:path';
import { StoreError, UsageError } from '../errors.ts';
import { createNetwork, type NetworkDefinition, type ProxySettings } from '../net/index.ts';
import { deriveAccount } from '../protocol/account.ts';
import { decodeRecoveryPhrase } from '../protocol/mnemonic.ts';
import {
  changePassword,
  createProfile,
  type HeldLock,
  listProfiles,
  openProfile,
  openSealedAccount,
  type ProfileStore,
  profileState,
  removeProfile,
  type StoredAccount,
} from '../store/index.ts';
import { fromBase64, fromHex, toHex } from '../util/bytes.ts';
import type { Platform } from '../util/platform.ts';
import { backupCost } from './backup/container.ts';
import { writeBackup } from './backup/export.ts';
import { checkDisplayName } from './commands/conversations.ts';
import { HolderServer } from './holder/server.ts';
import { shareSession } from './holder/share-session.ts';
import { networkMemory } from './network-memory.ts';
import { OpenSession } from './session.ts';
import type { Messenger, NewAccount, ProfileState, Session } from './types.ts';

export type MessengerOptions = Readonly<{
  platform: Platform;
  /** folder of all profiles of this machine's user */
  dataDir: string;
  network: NetworkDefinition;
  proxy: ProxySettings | null;
  lowBandwidth: boolean;
  /** folders of this user for the socket of other commands, best first; without any, nobody is served */
  runtimeDirs?: readonly string[];
}>;

/** All profiles of one data folder, on one network. Opens nothing until asked. */
export function createMessenger(options: MessengerOptions): Messenger {
  const profiles = profilesFolder(options.dataDir);
  const folderOf = (profile: string): string => profileFolder(options.dataDir, profile);

  const openHeld = async (
    profile: string,
    password: string | null,
    held?: Readonly<{ lock: HeldLock; holder: HolderServer }>,
    typed?: Readonly<{ signal?: AbortSignal }>,
  ): Promise<Session> => {
    const store = await openProfile({
      folder: folderOf(profile),
      password,
      platform: options.platform,
      ...(held === undefined ? {} : { held: held.lock }),
      ...(typed === undefined ? {} : { typed }),
    });
    try {
      return open(profile, store, held?.holder ?? holderOf(profile));
    } catch (error) {
      if (held === undefined) await store.close();
      else await store.closeKeepingLock();
      throw error;
    }
  };

  const holderOf = (profile: string): HolderServer =>
    new HolderServer({
      profileFolder: folderOf(profile),
      runtimeDirs: options.runtimeDirs ?? [],
      platform: options.platform,
    });

  const open = (profile: string, store: ProfileStore, holder: HolderServer): Session => {
    const account = store.get('account', 'account');
    const seed16 = account === undefined ? null : fromHex(account.seedHex);
    if (seed16 === null || seed16.length !== 16) {
      throw new StoreError(
        'damaged',
        'The account of this profile can’t be read. Restore it from the recovery phrase under another profile name.',
      );
    }
    const network = createNetwork({
      definition: options.network,
      proxy: options.proxy,
      platform: options.platform,
      memory: networkMemory(store, options.network),
    });
    return new OpenSession({
      profile,
      keys: deriveAccount(seed16),
      store,
      network,
      platform: options.platform,
      lowBandwidth: options.lowBandwidth,
      holder,
      locked: (lock) => ({
        // Only a person at the screen unlocks.
        unlock: (password) => openHeld(profile, password, { lock, holder }, {}),
        close: async () => {
          await holder.close();
          lock.release();
        },
      }),
    });
  };

  const create = async (request: NewAccount, seed16: Uint8Array, restored: boolean): Promise<Session> => {
    const createdAt = options.platform.clock.now();
    const name = checkDisplayName(request.name);
    const account: StoredAccount = {
      seedHex: toHex(seed16),
      name,
      createdAt,
      restored,
      // A name that is given at restoring is newer than the one that other devices know.
      ...(name === '' ? {} : { profileUpdatedAtSec: Math.floor(createdAt / 1000) }),
    };
    const store = await createProfile({
      folder: folderOf(request.profile),
      password: request.password,
      account,
      platform: options.platform,
    });
    return open(request.profile, store, holderOf(request.profile));
  };

  const share: Messenger['shareSession'] = (profile, password, signal, typed) =>
    shareSession({
      open: () => openHeld(profile, password, undefined, typed),
      profileFolder: folderOf(profile),
      runtimeDirs: options.runtimeDirs ?? [],
      clock: options.platform.clock,
      signal,
    });

  return {
    profileState: (profile): Promise<ProfileState> => profileState(folderOf(profile)),
    listProfiles: () => listProfiles(profiles),
    createAccount: (request) => create(request, options.platform.randomBytes(16), false),
    restoreAccount: async (request) => create(request, decodeRecoveryPhrase(request.phrase), true),
    openSession: (profile, password, typed) => openHeld(profile, password, undefined, typed),
    shareSession: share,
    openForBackup: async (profile, password, signal, typed) => {
      const session = await share(profile, password, signal, typed);
      const { platform } = options;
      try {
        const account = await openSealedAccount(
          fromBase64(await session.sealedAccount()) ?? new Uint8Array(),
          {
            folder: folderOf(profile),
            password,
            platform,
            ...(typed === undefined ? {} : { typed }),
          },
        );
        return {
          session,
          write: (backupPassword, { onProgress } = {}) =>
            writeBackup(account, session.exportRecords(), {
              platform,
              password: backupPassword,
              cost: backupCost,
              ...(onProgress === undefined ? {} : { onProgress }),
            }),
        };
      } catch (error) {
        await session.close();
        throw error;
      }
    },
    createFromBackup: async ({ profile, password, backup, ...reading }) => {
      const store = await createProfile({
        folder: folderOf(profile),
        password,
        // As one restored from its phrase: what other devices have published since then comes first.
        account: { ...backup.account, restored: true },
        platform: options.platform,
      });
      const session = open(profile, store, holderOf(profile));
      try {
        await session.importBackup(backup, reading);
        return session;
      } catch (error) {
        await session.close().catch(() => undefined);
        await removeProfile(folderOf(profile));
        throw error;
      }
    },
    changePassword: (profile, change, password, newPassword) =>
      changePassword({
        folder: folderOf(profile),
        change,
        password,
        newPassword,
        platform: options.platform,
      }),
    removeProfile: (profile) => removeProfile(folderOf(profile)),
  };
}

function profilesFolder(dataDir: string): string {
  return join(dataDir, 'profiles');
}

/** Where a profile lives. UsageError `bad-profile-name`. */
export function profileFolder(dataDir: string, profile: string): string {
  return join(profilesFolder(dataDir), checkProfileName(profile));
}

/** Refuses a recovery phrase that no account has, before anything is asked for or made. ProtocolError `phrase-…`. */
export function checkRecoveryPhrase(phrase: string): void {
  decodeRecoveryPhrase(phrase).fill(0);
}

/** Profile names are folder names: letters, digits, `.`, `_`, `-`, at most 64, not beginning with a dot or dash. */
function checkProfileName(profile: string): string {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/.test(profile)) {
    throw new UsageError(
      'bad-profile-name',
      'A profile name has letters, digits, ".", "_" and "-" only, at most 64, and does not begin with "." or "-".',
    );
  }
  return profile;
}
