/**
 * Where the process that holds a profile listens: a socket and a file with a token, both 0600, in a folder of this
 * user that nobody else may enter. The names are a hash of the profile's folder and tell nothing.
 */
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { blake2b } from '../../crypto/hash.ts';
import { toHex, utf8Encode } from '../../util/bytes.ts';

export type HolderPlace = Readonly<{ socket: string; token: string }>;

/** Longest path of a Unix socket that every system takes: macOS has 104 bytes with the final zero. */
const maxSocketPathBytes = 103;
const tokenLength = 64;

/** The places that could serve, in order. `runtimeDirs`: folders of this user's own, made when first needed. */
function places(profileFolder: string, runtimeDirs: readonly string[]): HolderPlace[] {
  let folder = profileFolder;
  try {
    folder = realpathSync(profileFolder);
  } catch {
    // What is not there is held by nobody.
  }
  const name = toHex(blake2b(16, utf8Encode(`session-tui holder 1: ${folder}`)));
  return runtimeDirs
    .map((dir) => ({ socket: join(dir, `${name}.sock`), token: join(dir, `${name}.token`) }))
    .filter(({ socket }) => utf8Encode(socket).length <= maxSocketPathBytes);
}

/**
 * Makes ready to listen, as the holder of the profile's lock: what a killed holder left is removed, and the new token
 * (64 hex digits) is written. Null when no folder is fit for it.
 */
export function preparePlace(
  profileFolder: string,
  runtimeDirs: readonly string[],
  token: string,
): HolderPlace | null {
  const all = places(profileFolder, runtimeDirs);
  for (const place of all) if (isPrivateFolder(join(place.socket, '..'))) removePlace(place);
  for (const place of all) {
    try {
      mkdirSync(join(place.socket, '..'), { mode: 0o700 });
    } catch {
      // It is there already, or can't be made: the check below tells.
    }
    if (!isPrivateFolder(join(place.socket, '..'))) continue;
    try {
      const { O_CREAT, O_EXCL, O_WRONLY } = constants;
      const file = openSync(place.token, O_CREAT | O_EXCL | O_WRONLY, 0o600);
      try {
        writeSync(file, token);
      } finally {
        closeSync(file);
      }
      return place;
    } catch {
      // A full or read-only file system: perhaps the next one.
    }
  }
  return null;
}

/** The socket is there: nobody but this user may speak to it. */
export function protectSocket({ socket }: HolderPlace): void {
  chmodSync(socket, 0o600);
}

export function removePlace({ socket, token }: HolderPlace): void {
  for (const path of [socket, token]) {
    try {
      rmSync(path, { force: true });
    } catch {
      // The next holder replaces it.
    }
  }
}

/** Where somebody seems to listen for this profile, with the token to show; null when nobody does. */
export function findPlace(
  profileFolder: string,
  runtimeDirs: readonly string[],
): Readonly<{ socket: string; token: string }> | null {
  for (const place of places(profileFolder, runtimeDirs)) {
    if (!isPrivateFolder(join(place.socket, '..'))) continue;
    const token = readToken(place.token);
    if (token !== null && isOwnSocket(place.socket)) return { socket: place.socket, token };
  }
  return null;
}

function isPrivateFolder(path: string): boolean {
  try {
    const stat = lstatSync(path);
    return stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o077) === 0;
  } catch {
    return false;
  }
}

function isOwnSocket(path: string): boolean {
  try {
    const stat = lstatSync(path);
    return stat.isSocket() && stat.uid === process.getuid?.();
  } catch {
    return false;
  }
}

function readToken(path: string): string | null {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    return null;
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile() || stat.uid !== process.getuid?.() || (stat.mode & 0o077) !== 0) return null;
    const bytes = Buffer.alloc(tokenLength + 1);
    const text = bytes.toString('latin1', 0, readSync(file, bytes));
    return /^[0-9a-f]{64}$/.test(text) ? text : null;
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}
