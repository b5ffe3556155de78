import type { ErrorCode } from '@integrations/contracts';

/** What may be answered instead of what a vendor has. */
export const VENDOR_PROBLEMS: readonly ErrorCode[] = [
  ...(['invalid_request', 'not_found', 'integration_disabled', 'unsupported_operation'] as const),
  ...(['not_found_or_no_access', 'permission_missing', 'unauthenticated', 'rate_limited'] as const),
  ...(['provider_unavailable', 'timeout'] as const),
];
