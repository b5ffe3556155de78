import { RequestRejected } from '@integrations/bus';
import { type Annotation, readSource } from '@integrations/payload-builder';

/** Throws RequestRejected `invalid_request`, naming the fields of a publish request's source that are wrong. */
export function checkSource(annotation: Annotation): void {
  if (annotation.operation !== 'publish') return;
  const read = readSource(annotation.request.source);
  if (!read.ok) throw RequestRejected.forFields('invalid_request', read.errors);
}
