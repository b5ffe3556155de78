import type { IncomingHttpHeaders } from 'node:http';
import { readTraceparent, traceIdOf } from '@integrations/contracts';

/** The log fields of what belongs to a W3C trace context: `traceId`, or none. */
export function traceFields(traceparent: string | null | undefined): { readonly traceId?: string } {
  return traceparent ? { traceId: traceIdOf(traceparent) } : {};
}

/** What every log line of an HTTP request names: its `reqId`, and its `traceId` if it has a trace. */
export function requestFields({ id: reqId, headers }: { readonly id: unknown; readonly headers: IncomingHttpHeaders }) {
  return { reqId, ...traceFields(readTraceparent(headers['traceparent'])) };
}
