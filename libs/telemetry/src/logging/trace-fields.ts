import { traceIdOf } from '@integrations/contracts';

/** The log fields of what belongs to a W3C trace context: `traceId`, or none. */
export function traceFields(traceparent: string | null | undefined): { readonly traceId?: string } {
  return traceparent ? { traceId: traceIdOf(traceparent) } : {};
}
