import type { ScmPublishRequest, VendorRequest } from '@integrations/contracts';
import { ProviderError, type ScmAnnotation, type ScmAnnotationClient, upsertKeyOf } from '@integrations/provider-kit';
import { compose, type ComposeOptions, publishedUnder } from './compose';
import type { ScanReport } from './finding';
import { readSource } from './sources/read-source';

/** A validated request with its kind of operation. */
export type Annotation = ScmAnnotation | { readonly operation: 'publish'; readonly request: ScmPublishRequest };

export interface AnnotationPart {
  readonly annotation: ScmAnnotation;
  readonly upsertKey: string;
}

/**
 * The annotations that a plugin would post, in order, for a preview: the annotation itself, or the parts of a publish
 * request as if nothing had been published before. Inline remarks are left out, because they depend on the diff. Throws
 * ProviderError `invalid_request` if the source cannot be read.
 */
export function partsOf(annotation: Annotation, options: Pick<ComposeOptions, 'limits' | 'scrub'>): AnnotationPart[] {
  if (annotation.operation !== 'publish') return [{ annotation, upsertKey: upsertKeyOf(annotation) }];
  const { request } = annotation;
  const { checkRun, status, comment } = compose(request, reportOf(request), options);
  const summary = comment([]);
  const parts: (ScmAnnotation | null)[] = [
    checkRun && { operation: 'check_run', request: checkRun.request },
    status && { operation: 'status', request: status.request },
    summary && { operation: 'comment', request: summary.request },
  ];
  const upsertKey = publishedUnder(request);
  return parts.filter((part) => part !== null).map((part) => ({ annotation: part, upsertKey }));
}

/** The requests that the client would send, in order; null if it cannot preview them. Throws as `partsOf`. */
export function previewOf(
  client: Pick<ScmAnnotationClient, 'preview' | 'limits'>,
  annotation: Annotation,
  { operationId, ...options }: Pick<ComposeOptions, 'scrub'> & { readonly operationId: string },
): VendorRequest[] | null {
  const preview = client.preview?.bind(client);
  if (!preview) return null;
  const parts = partsOf(annotation, { limits: client.limits, ...options });
  return parts.flatMap((part) => preview(part.annotation, { operationId, upsertKey: part.upsertKey }));
}

/** The report of an accepted request. Throws ProviderError if a newer release can no longer read its source. */
export function reportOf({ source, evidence }: ScmPublishRequest): ScanReport {
  const read = readSource(source, evidence);
  if (read.ok) return read.report;
  throw new ProviderError('invalid_request', `${read.errors[0]?.field}: ${read.errors[0]?.message}`);
}
