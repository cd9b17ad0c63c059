/** Who we say we are to the SOCKS proxy (RFC 1928 and 1929), and the greeting alone, for a check. */
import type { Duplex } from 'node:stream';
import { concatBytes, toHex, utf8Encode } from '../util/bytes.ts';
import type { RandomBytes } from './choice.ts';
import type { ProxySettings } from './types.ts';

export type ProxyLogin = Readonly<{ username: string; password: string }>;

/**
 * The user's own name if there is one. Else a random one for each purpose, new in each process: to Tor, streams with
 * different names are different people, and lead over different circuits (network.md 7).
 */
export class ProxyLogins {
  readonly #own: ProxyLogin | null;
  readonly #random: RandomBytes | null;
  readonly #made = new Map<string, ProxyLogin>();
  #refused = false;

  constructor(proxy: ProxySettings | null, random: RandomBytes | undefined) {
    this.#own =
      proxy?.username === undefined ? null : { username: proxy.username, password: proxy.password ?? '' };
    this.#random = random ?? null;
  }

  for(purpose: string): ProxyLogin | null {
    if (this.#own !== null) return this.#own;
    if (this.#random === null || this.#refused) return null;
    let login = this.#made.get(purpose);
    if (login === undefined) {
      login = { username: toHex(this.#random(8)), password: toHex(this.#random(8)) };
      this.#made.set(purpose, login);
    }
    return login;
  }

  /** The proxy refused this login. True if it was made up: none is used any more, and it is worth trying without. */
  refused(login: ProxyLogin | null): boolean {
    if (login === null || login === this.#own) return false;
    this.#refused = true;
    return true;
  }
}

const noLogin = 0;
const byPassword = 2;

/**
 * Offers the methods we have over an open socket and proves the user's name, if the proxy wants it. Resolves when the
 * proxy would take requests; the caller closes the socket.
 */
export async function greetProxy(socket: Duplex, proxy: ProxySettings, signal: AbortSignal): Promise<void> {
  const methods = proxy.username === undefined ? [noLogin] : [noLogin, byPassword];
  const [version, method] = await ask(socket, Uint8Array.of(5, methods.length, ...methods), signal);
  if (version !== 5) throw new Error('not SOCKS5');
  if (method === noLogin) return;
  if (method !== byPassword || proxy.username === undefined) throw new Error('Authentication failed');
  const name = utf8Encode(proxy.username);
  const password = utf8Encode(proxy.password ?? '');
  const login = concatBytes(Uint8Array.of(1, name.length), name, Uint8Array.of(password.length), password);
  const [, status] = await ask(socket, login, signal);
  if (status !== 0) throw new Error('Authentication failed');
}

/** Writes, and gives the two bytes that come back. */
async function ask(
  socket: Duplex,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<readonly [number, number]> {
  const answered = Promise.withResolvers<readonly [number, number]>();
  let got: number[] = [];
  const onData = (data: Uint8Array) => {
    got = [...got, ...data.subarray(0, 2)];
    const [first, second] = got;
    if (first !== undefined && second !== undefined) answered.resolve([first, second]);
  };
  const onClose = () => answered.reject(new Error('closed'));
  const onAbort = () => answered.reject(signal.reason);
  socket.on('data', onData).once('close', onClose);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    socket.write(bytes);
    return await answered.promise;
  } finally {
    socket.off('data', onData).off('close', onClose);
    signal.removeEventListener('abort', onAbort);
  }
}
