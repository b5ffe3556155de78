import { invalid, Refusal } from '../refusal';

/** True if the generation matches the caller's If-Match. */
export type ExpectedGeneration = (generation: number) => boolean;

// A proxy that compresses an answer marks its ETag: W/"g3" (nginx, HAProxy) or "g3-gzip" (Apache, newer Caddy). The mark is
// about the bytes, and what is compared here is the generation.
// https://httpd.apache.org/docs/2.4/mod/mod_deflate.html#deflatealteretag
const GENERATION = /^(?:W\/)?"(g\d+)(?:-[a-z]+)?"$/;

export function etagOf(generation: number): string {
  return `"g${generation}"`;
}

/** Reads a required `If-Match` (RFC 9110 § 13.1.1). Throws `precondition_required` without it. */
export function requireMatch(header: string | undefined): ExpectedGeneration {
  if (header !== undefined) return expectMatch(header);
  throw new Refusal('precondition_required', 'send the ETag of the integration as If-Match', [
    { field: 'headers.if-match', message: 'is required' },
  ]);
}

/** Reads an optional `If-Match`. */
export function expectMatch(header: string | undefined): ExpectedGeneration {
  if (header === undefined || header.trim() === '*') return () => true;
  const tags = header.split(',').map((tag) => tag.trim());
  if (!tags.every((tag) => /^(W\/)?"[\x21\x23-\x7e]*"$/.test(tag))) {
    throw invalid([{ field: 'headers.if-match', message: 'must be an ETag in its quotes, such as "g3"' }]);
  }
  const generations = tags.map((tag) => GENERATION.exec(tag)?.[1]);
  return (generation) => generations.includes(`g${generation}`);
}

export function preconditionFailed(generation: number): Refusal {
  return new Refusal('precondition_failed', `the integration has changed; its ETag is now ${etagOf(generation)}`);
}
