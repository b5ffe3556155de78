import { invalid, Refusal } from '../refusal';

/** Whether a generation is one of those that the caller has seen. */
export type ExpectedGeneration = (generation: number) => boolean;

export function etagOf(generation: number): string {
  return `"g${generation}"`;
}

/** `If-Match` (RFC 9110 § 13.1.1) where it is required. Throws `precondition_required` without it. */
export function requireMatch(header: string | undefined): ExpectedGeneration {
  if (header !== undefined) return expectMatch(header);
  throw new Refusal('precondition_required', 'send the ETag that you have read as If-Match', [
    { field: 'headers.if-match', message: 'is required' },
  ]);
}

/** `If-Match` where it may be left out. Entity tags are compared strongly, so that a weak one never matches. */
export function expectMatch(header: string | undefined): ExpectedGeneration {
  if (header === undefined || header.trim() === '*') return () => true;
  const tags = header.split(',').map((tag) => tag.trim());
  if (!tags.every((tag) => /^(W\/)?"[\x21\x23-\x7e]*"$/.test(tag))) {
    throw invalid([{ field: 'headers.if-match', message: 'must be an ETag in its quotes, such as "g3"' }]);
  }
  return (generation) => tags.includes(etagOf(generation));
}

export function preconditionFailed(generation: number): Refusal {
  return new Refusal('precondition_failed', `the integration has changed since; its ETag is now ${etagOf(generation)}`);
}
