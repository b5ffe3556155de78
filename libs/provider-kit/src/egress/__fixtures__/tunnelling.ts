import { connect } from 'node:net';
import { TestServer } from './servers';

/** A proxy that answers CONNECT and forwards bytes to a local port. */
export function tunnelling(heads: string[] = [], answer = 'HTTP/1.1 200 Connection established\r\nX: y\r\n\r\n') {
  return TestServer.tcp((socket) => {
    socket.once('data', (head) => {
      heads.push(head.toString());
      const port = Number(/:(\d+) HTTP/.exec(head.toString())?.[1]);
      socket.write(answer.slice(0, 10)); // in two pieces, as networks do
      setTimeout(() => {
        socket.write(answer.slice(10));
        if (answer.includes(' 200 '))
          socket
            .pipe(connect(port, '127.0.0.1'))
            .on('error', () => undefined)
            .pipe(socket);
      }, 5);
    });
  });
}
