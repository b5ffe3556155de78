import type { ScmPublishRequest, VendorRequest } from '@integrations/contracts';
import { ProviderError, type ScmAnnotation, type ScmAnnotationClient, upsertKeyOf } from '@integrations/provider-kit';
import { compose, type ComposeOptions, publishedUnder } from './compose';
import type { ScanReport } from './finding';
import { readSource } from './sources/read-source';

/** A valid request of the ledger with the operation that it is for. */
export type Annotation = ScmAnnotation | { readonly operation: 'publish'; readonly request: ScmPublishRequest };

export interface AnnotationPart {
  readonly annotation: ScmAnnotation;
  readonly upsertKey: string;
}

/**
 * What a plugin would be asked to post, in order, to preview it: an annotation itself, or what a publish request comes to
 * where nothing was published before. Remarks on lines are not among it: they depend on the diff. Throws ProviderError
 * `invalid_request` for a source that cannot be read.
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

/** What the client would send for it, in order; null if it cannot tell. Throws as `partsOf`. */
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

/** What is to be published. It was read when it was accepted; a newer release may read less, and throws ProviderError. */
export function reportOf({ source, evidence }: ScmPublishRequest): ScanReport {
  const read = readSource(source, evidence);
  if (read.ok) return read.report;
  throw new ProviderError('invalid_request', `${read.errors[0]?.field}: ${read.errors[0]?.message}`);
}
