/** `--control SOCKET`: faults set by writing a line to a Unix socket, answered by `ok` or the reason why not. */
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { messageOf } from '../errors.ts';

export type Control = Readonly<{ close(): Promise<void> }>;

/** Listens on `path` (what is there is replaced) and hands each line to `apply`, one after the other. */
export async function startControl(path: string, apply: (line: string) => Promise<void>): Promise<Control> {
  rmSync(path, { force: true });
  const sockets = new Set<Socket>();
  let last: Promise<void> = Promise.resolve();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const lines = createInterface({ input: socket });
    const answerTo = async (line: string): Promise<void> => {
      try {
        await apply(line);
        socket.write('ok\n');
      } catch (error) {
        socket.write(`error: ${messageOf(error)}\n`);
      }
    };
    lines.on('line', (line) => {
      last = last.then(() => answerTo(line));
    });
    lines.on('close', () => {
      last = last.then(() => {
        socket.end();
      });
    });
  });
  await listenOn(server, path);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
        rmSync(path, { force: true });
      }),
  };
}

function listenOn(server: Server, path: string): Promise<void> {
  const done = Promise.withResolvers<void>();
  server.once('error', done.reject);
  server.listen(path, () => {
    server.off('error', done.reject);
    done.resolve();
  });
  return done.promise;
}
