import type { ErrorCode } from '@integrations/contracts';
import { applyDecorators, Get, type Type } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { RequireScope } from '../access/require-scope';
import { ApiProblems } from '../docs/problems';
import { ApiQueryOf } from '../docs/query-parameters';
import { ApiUuidParam } from '../docs/uuid-param';

export interface VendorReadOptions {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  /** DTO of the query. */
  readonly query: new () => object;
  readonly response: Type;
  /** Problems besides those of every read. */
  readonly problems?: readonly ErrorCode[];
}

/** Problems that any read from a vendor may answer with. */
const PROBLEMS: readonly ErrorCode[] = [
  ...(['invalid_request', 'not_found', 'integration_disabled', 'unsupported_operation'] as const),
  ...(['not_found_or_no_access', 'permission_missing', 'not_installed', 'unauthenticated', 'rate_limited'] as const),
  ...(['network', 'tls', 'provider_unavailable', 'timeout', 'secret_unresolvable', 'egress_blocked'] as const),
  // The vendor's answer, or a list that would take too many calls.
  'too_large',
];

/**
 * A route that reads from an integration's vendor at each call. It requires the scope for tests because, like a test,
 * it sends the credential to the vendor and uses up its quota.
 */
export function VendorRead(
  route: string,
  { operationId, summary, description, query, response, problems = [] }: VendorReadOptions,
): MethodDecorator {
  return applyDecorators(
    RequireScope('integrations:test'),
    ApiProblems(...PROBLEMS, ...problems),
    ApiResponse({ status: 200, type: response }),
    ApiQueryOf(query),
    ApiUuidParam('id'),
    ApiOperation({ operationId, summary, description }),
    Get(route),
  );
}
