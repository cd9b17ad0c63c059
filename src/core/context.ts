import type { Network } from '../net/index.ts';
import type { AccountKeys } from '../protocol/account.ts';
import type { ProfileStore } from '../store/index.ts';
import type { Emitter } from '../util/emitter.ts';
import type { Lru } from '../util/lru.ts';
import type { Platform } from '../util/platform.ts';
import type { Typing } from './kinds/typing.ts';
import type { SentTimes } from './sent-times.ts';
import type { Traces } from './traces.ts';
import type { CoreEvent } from './types.ts';

/** What the commands and handlers of one open profile share. */
export type Context = Readonly<{
  profile: string;
  keys: AccountKeys;
  store: ProfileStore;
  network: Network;
  platform: Platform;
  events: Emitter<CoreEvent>;
  sentTimes: SentTimes;
  /** who is typing */
  typing: Typing;
  /** hashes in the recipient's swarm of what this process has delivered, by message ID */
  delivered: Lru<string, string>;
  /** what this process has seen of messages on the network */
  traces: Traces;
  /** counts an incoming item that was skipped, by reason code */
  skip(code: string): void;
  /** tells subscribers that the state has changed */
  changed(): void;
}>;
