import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Refusal } from '../refusal';
import { PROBLEM_MEDIA_TYPE, toProblem } from './problem';

export function sendProblem(refusal: Refusal, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(refusal, pathOf(request));
  void reply
    .status(problem.status)
    .headers(refusal.http.headers ?? {})
    .header('content-type', PROBLEM_MEDIA_TYPE)
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problem));
}

/** The path without its query string, which may hold secrets. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split(/[?#]/, 1)[0] ?? '';
}
