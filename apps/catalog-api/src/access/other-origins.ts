import type { FastifyRequest } from 'fastify';
import { Refusal } from '../refusal';

// Browsers say so of each request over TLS or to the own machine, and no page can change it.
// https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header
const HEADER = 'sec-fetch-site';
const OF_OTHERS = ['cross-site', 'same-site'];
const READING = ['GET', 'HEAD'];

/**
 * Refuses what a page of another origin would change. It holds no token, but a proxy that signs people in adds one to all
 * that their browser sends, and a form is sent without asking.
 */
export function refuseOtherOrigins(request: FastifyRequest): void {
  if (!READING.includes(request.method)) refuseCrossOrigin(request);
}

/** The same for what a page of another origin may not even lead to. */
export function refuseCrossOrigin({ headers }: FastifyRequest): void {
  if (!OF_OTHERS.includes(String(headers[HEADER]))) return;
  const message = 'must be same-origin or none';
  const details = [{ field: `headers.${HEADER}`, message }];
  throw new Refusal('forbidden', `this is not for pages of other origins: the header ${HEADER} ${message}`, details);
}
