// https://www.w3.org/TR/trace-context/#traceparent-header
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * The W3C trace context in the header `traceparent`, as we pass it on. Undefined if there is none, or if it is malformed:
 * the specification has that ignored instead of refused. Of a later version only the known fields are kept.
 */
export function readTraceparent(header: unknown): string | undefined {
  const [, version, traceId, parentId, flags, more] = (typeof header === 'string' && TRACEPARENT.exec(header)) || [];
  if (version === undefined || (version === '00' && more !== undefined)) return undefined;
  return `00-${traceId}-${parentId}-${flags}`;
}

/** The trace id, as log lines show it. `traceparent` comes from readTraceparent. */
export function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}
