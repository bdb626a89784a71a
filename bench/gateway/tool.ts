/**
 * A tool that answers at once, as a process: HTTP/1.1 with keep-alive, a JSON answer a request,
 * and next to no time of its own on the cores that are measured.
 */
import { type AddressInfo, createServer } from 'node:net';

const body = JSON.stringify({ ok: true, order_id: '4821' });
const answer = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

const server = createServer({ noDelay: true }, (socket) => {
  let text = '';
  socket.setEncoding('latin1');
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: string) => {
    text += chunk;
    for (;;) {
      const head = text.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = /content-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? '0';
      const end = head + 4 + Number(length);
      if (text.length < end) return;
      text = text.slice(end);
      socket.write(answer, 'latin1');
    }
  });
});
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on('disconnect', () => process.exit(0));
