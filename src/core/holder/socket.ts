/** The one file of the holder that opens sockets: Unix ones, in a folder of this user alone. */
import { createConnection, createServer, type Server, type Socket } from 'node:net';

/** Listens; resolves when it does, rejects when it can't. */
export function listen(path: string, onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer(onConnection);
  // Whoever waits in a queue that nobody empties costs nothing; more than that are turned away.
  server.maxConnections = 32;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      server.on('error', () => undefined);
      // The program ends when its own work is done, not when nobody asks any more.
      server.unref();
      resolve(server);
    });
  });
}

/** Connects, or gives null: nobody listens there. */
export function connect(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    const failed = (): void => {
      socket.destroy();
      resolve(null);
    };
    socket.once('error', failed);
    socket.once('connect', () => {
      socket.off('error', failed);
      resolve(socket);
    });
  });
}

export type { Socket };
