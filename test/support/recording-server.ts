/** HTTP and HTTPS servers on loopback that write down the very bytes they get. */
import { createHash, X509Certificate } from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import { generate } from 'selfsigned';

export type RecordedRequest = Readonly<{
  /** request line and header lines, as sent */
  head: readonly string[];
  body: Buffer;
  /** SNI name, or false; undefined without TLS */
  serverName?: string | false;
  /** the socket it came over: the same number is the same connection */
  connection: number;
}>;

export type Reply = Readonly<{
  status?: number;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  /** written instead of an HTTP answer */
  raw?: string;
  /** nothing is ever answered */
  hang?: boolean;
  /** closes the connection after the answer */
  close?: boolean;
}>;

export type RecordingServer = Readonly<{
  port: number;
  url: string;
  requests: readonly RecordedRequest[];
  /** connections made, and how many of them are open */
  connections(): number;
  open(): number;
  certificateSha256: string;
  publicKeySha256: string;
  close(): Promise<void>;
}>;

export async function makeCertificate(name: string): Promise<{ key: string; cert: string }> {
  const pems = await generate([{ name: 'commonName', value: name }], { keyType: 'ec', algorithm: 'sha256' });
  return { key: pems.private, cert: pems.cert };
}

let sharedCertificate: Promise<{ key: string; cert: string }> | undefined;

export async function startRecordingServer(
  reply: (request: RecordedRequest, index: number) => Reply,
  options: Readonly<{ tls?: boolean; host?: string; certificate?: { key: string; cert: string } }> = {},
): Promise<RecordingServer> {
  const requests: RecordedRequest[] = [];
  const sockets = new Set<net.Socket>();
  let made = 0;
  const onSocket = (socket: net.Socket | tls.TLSSocket) => {
    const connection = made++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let buffered: Buffer = Buffer.alloc(0);
    socket.on('data', (data: Buffer) => {
      buffered = Buffer.concat([buffered, data]);
      for (let parsed = takeRequest(buffered); parsed !== null; parsed = takeRequest(buffered)) {
        buffered = parsed.rest;
        const serverName = socket instanceof tls.TLSSocket ? sniOf(socket) : undefined;
        const request = {
          head: parsed.head,
          body: parsed.body,
          connection,
          ...(serverName === undefined ? {} : { serverName }),
        };
        requests.push(request);
        answer(socket, reply(request, requests.length - 1));
      }
    });
  };
  sharedCertificate ??= makeCertificate('localhost');
  const certificate = options.certificate ?? (await sharedCertificate);
  const server = options.tls
    ? tls.createServer({ key: certificate.key, cert: certificate.cert }, onSocket)
    : net.createServer(onSocket);
  server.on('tlsClientError', () => undefined);
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const x509 = new X509Certificate(certificate.cert);
  return {
    port: address.port,
    url: `${options.tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    requests,
    connections: () => made,
    open: () => sockets.size,
    certificateSha256: x509.fingerprint256.replaceAll(':', '').toLowerCase(),
    publicKeySha256: createHash('sha256')
      .update(x509.publicKey.export({ type: 'spki', format: 'der' }))
      .digest('base64'),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function takeRequest(bytes: Buffer): { head: string[]; body: Buffer; rest: Buffer } | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const length = Number(/^content-length: *(\d+)$/im.exec(head.join('\n'))?.[1] ?? 0);
  const start = end + 4;
  if (bytes.length < start + length) return null;
  return {
    head,
    body: Buffer.from(bytes.subarray(start, start + length)),
    rest: Buffer.from(bytes.subarray(start + length)),
  };
}

function answer(socket: net.Socket, reply: Reply): void {
  if (reply.hang) return;
  if (reply.raw !== undefined) {
    socket.end(reply.raw);
    return;
  }
  const body = Buffer.from(reply.body ?? '');
  const headers = Object.entries(reply.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(
    `HTTP/1.1 ${reply.status ?? 200} X\r\n${headers.join('')}content-length: ${body.length}\r\n\r\n`,
  );
  if (reply.close) socket.end(body);
  else socket.write(body);
}

function sniOf(socket: tls.TLSSocket): string | false {
  // `servername` is typed for clients; on a server it is the SNI name, or false
  const { servername } = socket as unknown as { servername?: string | false };
  return servername ?? false;
}
