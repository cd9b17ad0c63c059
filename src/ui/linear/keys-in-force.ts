/** The keys that setting and own file make, made again when the setting changes. vi's has no modes here: it inserts. */

import type { Session } from '../../core/types.ts';
import { actions } from '../actions.ts';
import { createKeymap } from '../keymap.ts';
import type { OwnKeyFile } from '../keys/key-file.ts';
import { type Keymap, keymapNames } from '../keys/types.ts';
import { settingOf } from '../setting-of.ts';

export class KeysInForce {
  readonly #session: Session;
  readonly #own: OwnKeyFile;
  #made: Readonly<{ value: unknown; keymap: Keymap }> | null = null;

  constructor(session: Session, own: OwnKeyFile) {
    this.#session = session;
    this.#own = own;
  }

  get keymap(): Keymap {
    const value = settingOf(this.#session, 'keymap');
    const made = this.#made;
    if (made !== null && made.value === value) return made.keymap;
    const name = keymapNames.find((one) => one === value) ?? 'default';
    const keymap = createKeymap(actions, name, this.#own.own.bindings);
    this.#made = { value, keymap };
    return keymap;
  }
}
