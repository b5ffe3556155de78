import { invalid, Refusal } from '../refusal';

/** True if the generation matches the caller's If-Match. */
export type ExpectedGeneration = (generation: number) => boolean;

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

/** Reads an optional `If-Match`. The comparison is strong, so a weak ETag never matches. */
export function expectMatch(header: string | undefined): ExpectedGeneration {
  if (header === undefined || header.trim() === '*') return () => true;
  const tags = header.split(',').map((tag) => tag.trim());
  if (!tags.every((tag) => /^(W\/)?"[\x21\x23-\x7e]*"$/.test(tag))) {
    throw invalid([{ field: 'headers.if-match', message: 'must be an ETag in its quotes, such as "g3"' }]);
  }
  return (generation) => tags.includes(etagOf(generation));
}

export function preconditionFailed(generation: number): Refusal {
  return new Refusal('precondition_failed', `the integration has changed; its ETag is now ${etagOf(generation)}`);
}
