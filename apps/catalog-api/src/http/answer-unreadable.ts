import { maxHeaderSize, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { CONSOLE_ADDRESS } from '../console/console-routes';
import { Refusal } from '../refusal';
import { ofTransport, PROBLEM_MEDIA_TYPE, toProblem } from './problem';
import { sendProblem } from './send-problem';

/** Answers data that Node cannot parse as a request, and closes the connection. No hook or filter sees such data. */
export function answerUnreadable({ code }: { readonly code: string }, socket: Socket): void {
  if (!socket.writable) return socket.destroySoon();
  const problem = toProblem(refusalOf(code));
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `content-type: ${PROBLEM_MEDIA_TYPE}; charset=utf-8`,
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'connection: close',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}

/** Answers a URL with invalid escapes, which no hook sees. A page of the console is redirected to its first page. */
export function answerUnreadableAddress(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const isOfConsole = request.method === 'GET' && request.url.startsWith(CONSOLE_ADDRESS);
  if (isOfConsole) void reply.redirect(CONSOLE_ADDRESS);
  else sendProblem(ofTransport(error.statusCode ?? 400), request, reply);
}

/** https://nodejs.org/api/http.html#event-clienterror */
function refusalOf(code: string): Refusal {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW': {
      const message = `the address and the headers together are larger than ${maxHeaderSize / 1_024} KiB`;
      return new Refusal('too_large', message, [], { status: 431 });
    }
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Refusal('timeout', 'the request did not arrive in time', [], { status: 408 });
    default:
      return new Refusal('invalid_request', 'the request is not well-formed HTTP/1.1');
  }
}
