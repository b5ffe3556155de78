import type { ScmAnnotation } from './scm-annotation-client';

/** Identifies what is kept up to date at the vendor: the caller's upsertKey, or else the vendor's own name for it. */
export function upsertKeyOf(annotation: ScmAnnotation): string {
  return annotation.request.upsertKey ?? vendorsKey(annotation);
}

function vendorsKey(annotation: ScmAnnotation): string {
  switch (annotation.operation) {
    case 'comment':
      return 'default';
    case 'status':
      return annotation.request.context;
    case 'check_run':
      return annotation.request.name;
  }
}
