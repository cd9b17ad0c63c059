/** The HTTP side that seed and nodes share: bounded bodies, answers, what the journal notes of a request. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { UsageError } from '../errors.ts';

/** How an answer is sent; all but 'whole' are faults (bad-answers.ts). */
export type Manner = 'whole' | 'broken-off' | 'dripping' | 'huge';

export type HttpAnswer = Readonly<{
  status: number;
  body: Uint8Array | string;
  /** default text/plain */
  contentType?: string;
  headers?: Readonly<Record<string, string>>;
  /** end the connection afterwards */
  close?: boolean;
  /** default 'whole' */
  manner?: Manner;
}>;

/** The whole body; 'too-large' as soon as it is known to exceed `limit` bytes, 'aborted' if the peer went away. */
export async function readBody(
  request: IncomingMessage,
  limit: number,
): Promise<Buffer | 'too-large' | 'aborted'> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return 'too-large';
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request) {
      // without an encoding set, requests give Buffers
      const bytes = chunk as Buffer;
      length += bytes.length;
      if (length > limit) return 'too-large';
      chunks.push(bytes);
    }
  } catch {
    return 'aborted';
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

export function send(response: ServerResponse, answer: HttpAnswer): void {
  if (response.destroyed || response.headersSent) return;
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  response.writeHead(answer.status, {
    'Content-Type': answer.contentType ?? 'text/plain',
    'Content-Length': body.length,
    ...answer.headers,
    ...(answer.close === true ? { Connection: 'close' } : {}),
  });
  response.end(body);
}

/** Every header as it came, names in lower case, repeated ones joined. */
export function headersOf(request: IncomingMessage): Record<string, string> {
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    const name = (request.rawHeaders[i] ?? '').toLowerCase();
    const value = request.rawHeaders[i + 1] ?? '';
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(headers);
}

/** "ip:port" of the other end of the connection. */
export function peerOf(socket: Socket): string {
  return `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`;
}

/**
 * Listens; gives the port. When `port` is taken and `mayMove` is set, takes a free one instead. UsageError when the
 * address can't be used.
 */
export async function listen(server: Server, port: number, host: string, mayMove: boolean): Promise<number> {
  try {
    await listenOnce(server, port, host);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE' && mayMove && port !== 0) return listen(server, 0, host, false);
    if (code === 'EADDRINUSE')
      throw new UsageError('port-in-use', `Port ${port} of ${host} is in use. Choose another with --port.`, {
        cause: error,
      });
    if (code === 'EADDRNOTAVAIL')
      throw new UsageError(
        'no-subnets',
        `This machine has no address ${host}. Put all nodes on one address with --subnets off.`,
        { cause: error },
      );
    throw error;
  }
  // a listening TCP server has an address with a port
  return (server.address() as AddressInfo).port;
}

/** Every TCP connection of a server, those in the middle of a TLS handshake included, which HTTP knows nothing of. */
const connections = new WeakMap<Server, Set<Socket>>();

function listenOnce(server: Server, port: number, host: string): Promise<void> {
  if (!connections.has(server)) {
    const open = new Set<Socket>();
    connections.set(server, open);
    server.on('connection', (socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    });
  }
  const done = Promise.withResolvers<void>();
  server.once('error', done.reject);
  server.listen({ port, host, exclusive: true, backlog: 511 }, () => {
    server.off('error', done.reject);
    done.resolve();
  });
  return done.promise;
}

/** Stops listening and ends every connection. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of connections.get(server) ?? []) socket.destroy();
  });
}
