import type { AppendFile, Files } from '../../src/store/files.ts';

type Inode = { data: Uint8Array; synced: Uint8Array };

/** What a disk does when it is told to misbehave at its n-th change. */
export type Fault =
  /** the change fails (a write after half its bytes), everything after it works */
  | { kind: 'error'; at: number; errno: string; until?: number }
  /** the process dies there: that change and all later ones are never made (a write after half its bytes) */
  | { kind: 'crash'; at: number };

/**
 * A disk in memory, behind the store's own interface, that counts every change to it and fails at the one it is told
 * to. It knows what is only written and what is synced, so that a power cut can take the difference away.
 */
export class MemoryFiles implements Files {
  changes = 0;
  readonly log: string[] = [];
  fault: Fault | null = null;
  #incarnation = 1;
  #folders = new Set<string>();
  readonly #names = new Map<string, Inode>();
  readonly #syncedNames = new Map<string, Inode>();
  /** changes to names since the folder was synced: one name gone, one name there */
  readonly #unsynced: { gone: string | null; path: string | null; inode: Inode | null }[] = [];

  /** The disk as the next process finds it after this one was killed. What was not synced still is not. */
  kill(): MemoryFiles {
    const next = this.#successor();
    const copies = new Map<Inode, Inode>();
    const copyOf = (inode: Inode): Inode => {
      const copy = copies.get(inode) ?? { data: inode.data.slice(), synced: inode.synced.slice() };
      copies.set(inode, copy);
      return copy;
    };
    for (const [path, inode] of this.#names) next.#names.set(path, copyOf(inode));
    for (const [path, inode] of this.#syncedNames) next.#syncedNames.set(path, copyOf(inode));
    for (const { gone, path, inode } of this.#unsynced) {
      next.#unsynced.push({ gone, path, inode: inode && copyOf(inode) });
    }
    return next;
  }

  /**
   * The disk after a power cut. Of the changes to names that were not synced, none, all or only the last survives;
   * of the bytes, none, the first half of what was appended, or a file of full length with zeros in it.
   */
  cutPower(names: 'none' | 'all' | 'last', bytes: 'none' | 'half' | 'zeros'): MemoryFiles {
    const next = this.#successor();
    const survivors = new Map(this.#syncedNames);
    for (const { gone, path, inode } of names === 'last' ? this.#unsynced.slice(-1) : this.#unsynced) {
      if (names === 'none') break;
      if (gone !== null) survivors.delete(gone);
      if (path !== null && inode) survivors.set(path, inode);
    }
    for (const [path, { data, synced }] of survivors) {
      let left = synced;
      if (bytes === 'half' && data.length > synced.length) {
        left = data.slice(0, synced.length + ((data.length - synced.length) >> 1));
      } else if (bytes === 'zeros' && data.length > synced.length) {
        left = new Uint8Array(data.length);
        left.set(synced);
      }
      next.poke(path, left);
    }
    return next;
  }

  #successor(): MemoryFiles {
    const next = new MemoryFiles();
    next.#incarnation = this.#incarnation + 1;
    next.#folders = new Set(this.#folders);
    return next;
  }

  /** Paths and content, for tests that look at or spoil them. */
  dump(): Map<string, Uint8Array> {
    return new Map([...this.#names].map(([path, { data }]) => [path, Uint8Array.from(data)]));
  }

  poke(path: string, data: Uint8Array | null): void {
    if (data === null) {
      this.#names.delete(path);
      this.#syncedNames.delete(path);
    } else {
      const inode = { data: Uint8Array.from(data), synced: Uint8Array.from(data) };
      this.#names.set(path, inode);
      this.#syncedNames.set(path, inode);
    }
  }

  /** Counts a change; throws if this one is to fail. Returns true if the process should die in the middle of it. */
  #step(what: string): void {
    const n = this.changes++;
    this.log.push(what);
    if (!this.fault) return;
    const { kind, at } = this.fault;
    if (kind === 'crash' && n >= at)
      throw Object.assign(new Error('the process is dead'), { code: 'EDEAD', first: n === at });
    if (kind === 'error' && n >= at && n <= (this.fault.until ?? at)) {
      throw Object.assign(new Error('the disk fails'), { code: this.fault.errno, first: true });
    }
  }

  read(path: string): Uint8Array | null {
    const inode = this.#names.get(path);
    return inode ? Uint8Array.from(inode.data) : null;
  }

  list(folder: string): string[] | null {
    if (!this.#folders.has(folder)) return null;
    const names = new Set<string>();
    for (const path of [...this.#names.keys(), ...this.#folders]) {
      if (path.startsWith(`${folder}/`)) names.add(path.slice(folder.length + 1).split('/')[0] ?? '');
    }
    return [...names];
  }

  makeFolder(folder: string): void {
    this.#step('makeFolder');
    for (let path = folder; path.length > 1; path = path.slice(0, path.lastIndexOf('/')))
      this.#folders.add(path);
  }

  removeFolder(folder: string): void {
    this.#step('removeFolder');
    if (this.list(folder)?.length === 0) this.#folders.delete(folder);
  }

  createEmpty(path: string): boolean {
    this.#step('createEmpty');
    if (this.#names.has(path)) return false;
    const inode = { data: new Uint8Array(0), synced: new Uint8Array(0) };
    this.#names.set(path, inode);
    this.#unsynced.push({ gone: null, path, inode });
    return true;
  }

  renameNow(from: string, to: string): boolean {
    this.#step('renameNow');
    const inode = this.#names.get(from);
    if (!inode) return false;
    this.#names.delete(from);
    this.#names.set(to, inode);
    this.#unsynced.push({ gone: from, path: to, inode });
    return true;
  }

  copyNow(from: string, to: string): void {
    this.#step('copyNow');
    const inode = this.#names.get(from);
    if (!inode || this.#names.has(to)) throw Object.assign(new Error('no'), { code: 'EEXIST' });
    const copy = { data: inode.data.slice(), synced: inode.data.slice() };
    this.#names.set(to, copy);
    this.#unsynced.push({ gone: null, path: to, inode: copy });
  }

  removeNow(path: string): void {
    this.#step('removeNow');
    this.#names.delete(path);
    this.#unsynced.push({ gone: path, path: null, inode: null });
  }

  async write(path: string, data: Uint8Array): Promise<void> {
    const inode = { data: new Uint8Array(0), synced: new Uint8Array(0) };
    try {
      this.#step('create');
      this.#names.set(path, inode);
      this.#unsynced.push({ gone: null, path, inode });
      this.#step('write');
      inode.data = Uint8Array.from(data);
      this.#step('fsync');
      inode.synced = inode.data;
    } catch (error) {
      if (this.log.at(-1) === 'write' && isFirst(error)) inode.data = data.slice(0, data.length >> 1);
      throw error;
    }
  }

  async rename(from: string, to: string): Promise<void> {
    this.#step('rename');
    const inode = this.#names.get(from);
    if (!inode) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    this.#names.delete(from);
    this.#names.set(to, inode);
    this.#unsynced.push({ gone: from, path: to, inode });
  }

  async remove(path: string): Promise<void> {
    this.#step('remove');
    this.#names.delete(path);
    this.#unsynced.push({ gone: path, path: null, inode: null });
  }

  async syncFolder(folder: string): Promise<void> {
    this.#step('syncFolder');
    if (folder !== '/' && !this.#folders.has(folder))
      throw Object.assign(new Error('no such folder'), { code: 'ENOENT' });
    this.#syncedNames.clear();
    for (const [path, inode] of this.#names) this.#syncedNames.set(path, inode);
    this.#unsynced.length = 0;
  }

  async openAppend(path: string): Promise<AppendFile> {
    const inode = this.#names.get(path);
    if (!inode) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    const put = (data: Uint8Array, offset: number): void => {
      const out = new Uint8Array(Math.max(inode.data.length, offset + data.length));
      out.set(inode.data);
      out.set(data, offset);
      inode.data = out;
    };
    return {
      append: async (data, offset) => {
        try {
          this.#step('append');
        } catch (error) {
          if (isFirst(error)) put(data.subarray(0, data.length >> 1), offset);
          throw error;
        }
        put(data, offset);
        this.#step('fdatasync');
        inode.synced = inode.data;
      },
      truncate: async (length) => {
        this.#step('truncate');
        inode.data = inode.data.slice(0, length);
        inode.synced = inode.data;
      },
      close: async () => undefined,
    };
  }

  thisProcess(): string {
    return `${this.#incarnation}.0.0`;
  }

  isRunning(word: string): boolean {
    return word === this.thisProcess();
  }
}

function isFirst(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'first' in error && error.first === true;
}
