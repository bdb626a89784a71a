/** A wire to the database that can be cut when a statement has got through and its answer has not. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type Wire = Awaited<ReturnType<typeof startWire>>;

/** Passes on what comes to a port of its own. `url` is the database's, by way of it. */
export async function startWire(database: string) {
  const { hostname, port } = new URL(database);
  let armed: string | undefined;
  let cuts = 0;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port || 5432), hostname);
    let swallowing = false;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on('data', (chunk) => {
      if (armed !== undefined && chunk.includes(armed)) {
        armed = undefined;
        swallowing = true;
      }
      far.write(chunk);
    });
    far.on('data', (chunk) => {
      if (!swallowing) return near.write(chunk);
      // It answers once it has committed; nobody hears of it.
      cuts += 1;
      return near.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(database);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    /** Loses the answer to the next thing that is sent with this text in it. */
    cutNext: (text: string) => {
      armed = text;
    },
    cuts: () => cuts,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
