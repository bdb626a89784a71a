import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';

/** A syslog receiver (RFC 5425, or octet counting over TCP) that keeps the messages of whole frames. */
export class SyslogReceiver {
  readonly messages: string[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  /** What it does with a connection besides reading it. */
  onConnection: (socket: Socket) => void = () => {};

  constructor(tls?: { cert: string; key: string }, options: { allowHalfOpen?: boolean } = {}) {
    const take = (socket: Socket) => this.#take(socket);
    this.#server = tls ? createTls(tls, take) : createTcp(options, take);
  }

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #take(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (;;) {
        const space = rest.indexOf(0x20);
        const length = Number(rest.subarray(0, Math.max(0, space)).toString() || Number.NaN);
        if (space < 0 || rest.length < space + 1 + length) return;
        this.messages.push(rest.subarray(space + 1, space + 1 + length).toString());
        rest = rest.subarray(space + 1 + length);
      }
    });
    this.onConnection(socket);
  }
}
