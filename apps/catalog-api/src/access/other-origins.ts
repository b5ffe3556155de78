import type { FastifyRequest } from 'fastify';
import { Refusal } from '../refusal';

// Browsers send this header with each request over TLS or to the same machine, and pages cannot change it.
// https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header
const HEADER = 'sec-fetch-site';
const OF_OTHERS = ['cross-site', 'same-site'];
const READING = ['GET', 'HEAD'];

/**
 * Refuses changes requested by a page of another origin. Such a page has no token, but a proxy that signs users in adds
 * one to every request of their browser, and browsers submit forms across origins without a CORS check.
 */
export function refuseOtherOrigins(request: FastifyRequest): void {
  if (!READING.includes(request.method)) refuseCrossOrigin(request);
}

/** Refuses any request, even GET, made or navigated to by a page of another origin. */
export function refuseCrossOrigin({ headers }: FastifyRequest): void {
  if (!OF_OTHERS.includes(String(headers[HEADER]))) return;
  const message = 'must be same-origin or none';
  const details = [{ field: `headers.${HEADER}`, message }];
  throw new Refusal(
    'forbidden',
    `requests from pages of other origins are refused: the header ${HEADER} ${message}`,
    details,
  );
}
