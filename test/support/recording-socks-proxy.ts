/** A small SOCKS5 proxy for tests: forwards, and writes down what it was asked for. Listens on 127.0.0.1. */
import net from 'node:net';

export type SocksRequest = Readonly<{
  /** as in the request: 1 IPv4, 3 host name, 4 IPv6 */
  addressType: 1 | 3 | 4;
  host: string;
  port: number;
  username: string | null;
  password: string | null;
}>;

export type SocksProxyOptions = Readonly<{
  /** any free one by default */
  port?: number;
  /** where a requested host is really found; the host itself by default */
  resolve?: (host: string, port: number) => { host: string; port: number };
  /** asks for these, and refuses others */
  login?: Readonly<{ username: string; password: string }>;
  /** takes whatever user name it is offered, and those who offer none too, as Tor does */
  anyLogin?: boolean;
  /** knows no users: refuses every name, and takes those who offer none */
  refuseLogins?: boolean;
  /** the reply code instead of connecting (RFC 1928: 5 is "connection refused") */
  reply?: number;
  /** takes the connection and never says anything */
  silent?: boolean;
  /** says this instead of SOCKS */
  garbage?: string;
}>;

export type RecordingSocksProxy = Readonly<{
  port: number;
  requests: readonly SocksRequest[];
  /** connections to the proxy that are open now */
  open(): number;
  close(): Promise<void>;
}>;

export async function startRecordingSocksProxy(
  options: SocksProxyOptions = {},
): Promise<RecordingSocksProxy> {
  const requests: SocksRequest[] = [];
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    if (options.silent) {
      socket.resume();
      return;
    }
    serve(socket, options, requests).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    requests,
    open: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve(
  socket: net.Socket,
  options: SocksProxyOptions,
  requests: SocksRequest[],
): Promise<void> {
  const reader = byteReader(socket);
  const [version, methodCount = 0] = await reader.read(2);
  if (options.garbage !== undefined) {
    socket.end(options.garbage);
    return;
  }
  if (version !== 5) throw new Error('not SOCKS5');
  const methods = await reader.read(methodCount);
  let username: string | null = null;
  let password: string | null = null;
  const wantsName =
    options.login !== undefined || ((options.anyLogin || options.refuseLogins) && methods.includes(2));
  if (wantsName) {
    if (!methods.includes(2)) {
      socket.end(Buffer.from([5, 0xff]));
      return;
    }
    socket.write(Buffer.from([5, 2]));
    const [, userLength = 0] = await reader.read(2);
    username = (await reader.read(userLength)).toString();
    const [passwordLength = 0] = await reader.read(1);
    password = (await reader.read(passwordLength)).toString();
    const { login } = options;
    const good =
      login === undefined
        ? !options.refuseLogins
        : username === login.username && password === login.password;
    socket.write(Buffer.from([1, good ? 0 : 1]));
    if (!good) return;
  } else {
    socket.write(Buffer.from([5, 0]));
  }
  const [, , , addressType] = await reader.read(4);
  const host = await readHost(reader, addressType);
  const port = (await reader.read(2)).readUInt16BE();
  if (addressType !== 1 && addressType !== 3 && addressType !== 4) throw new Error('address type');
  requests.push({ addressType, host, port, username, password });
  const answer = (code: number) => socket.write(Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0]));
  if (options.reply !== undefined) {
    answer(options.reply);
    return;
  }
  const target = options.resolve?.(host, port) ?? { host, port };
  const upstream = net.connect(target.port, target.host);
  upstream.on('error', () => {
    answer(5);
    socket.end();
  });
  upstream.on('connect', () => {
    answer(0);
    reader.stop();
    socket.pipe(upstream).pipe(socket);
  });
  socket.on('close', () => upstream.destroy());
}

async function readHost(reader: ReturnType<typeof byteReader>, type: number | undefined): Promise<string> {
  if (type === 1) return [...(await reader.read(4))].join('.');
  if (type === 4) {
    const bytes = await reader.read(16);
    const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16));
    return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
  }
  const [length = 0] = await reader.read(1);
  return (await reader.read(length)).toString();
}

function byteReader(socket: net.Socket): { read(length: number): Promise<Buffer>; stop(): void } {
  let buffered = Buffer.alloc(0);
  let wake = () => {};
  let ended = false;
  const onData = (data: Buffer) => {
    buffered = Buffer.concat([buffered, data]);
    wake();
  };
  socket.on('data', onData);
  socket.on('close', () => {
    ended = true;
    wake();
  });
  return {
    async read(length) {
      while (buffered.length < length) {
        if (ended) throw new Error('closed');
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const out = buffered.subarray(0, length);
      buffered = buffered.subarray(length);
      return out;
    },
    stop() {
      socket.off('data', onData);
      socket.pause();
      if (buffered.length > 0) socket.unshift(buffered);
    },
  };
}
