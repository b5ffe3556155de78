import { RequestRejected } from '@integrations/bus';
import { HEADERS, type ScmRequest } from '@integrations/contracts';

const LONGEST = 255;

/** The request's own key, else the one in the headers. Throws RequestRejected for text that cannot be stored. */
export function idempotencyKeyOf(request: ScmRequest, header: string | undefined): string | null {
  if (request.idempotencyKey != null) return request.idempotencyKey;
  if (header === undefined) return null;
  if (header.length <= LONGEST && !header.includes('\u0000')) return header;
  const field = `headers.${HEADERS.idempotencyKey}`;
  const message = `must be at most ${LONGEST} characters, without NUL`;
  throw RequestRejected.forFields('invalid_request', [{ field, message }]);
}
