import type { ScmPublishRequest } from '@integrations/contracts';
import { ProviderError, type ScmAnnotation, upsertKeyOf } from '@integrations/provider-kit';
import { compose, type ComposeOptions, publishedUnder } from './compose';
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
  const read = readSource(request.source, request.evidence);
  if (!read.ok) throw new ProviderError('invalid_request', `${read.errors[0]?.field}: ${read.errors[0]?.message}`);
  const { checkRun, status, comment } = compose(request, read.report, options);
  const summary = comment([]);
  const parts: (ScmAnnotation | null)[] = [
    checkRun && { operation: 'check_run', request: checkRun.request },
    status && { operation: 'status', request: status.request },
    summary && { operation: 'comment', request: summary.request },
  ];
  const upsertKey = publishedUnder(request);
  return parts.filter((part) => part !== null).map((part) => ({ annotation: part, upsertKey }));
}
