import { ERROR_CODES } from '@integrations/contracts';
import type { ApiScope } from '@integrations/secrets';
import { applyDecorators } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiBearerAuth, ApiResponse } from '@nestjs/swagger';
import { CHALLENGE, RETRY_AFTER } from '../docs/headers';
import { problemContent } from '../docs/problem.response';

export const Scope = Reflector.createDecorator<ApiScope>();

/** Sets the scope that a token needs for this route. Every route of the API has one. */
export function RequireScope(scope: ApiScope): MethodDecorator {
  return applyDecorators(
    Scope(scope),
    ApiBearerAuth(),
    ApiResponse({
      status: 401,
      description: 'No valid bearer token',
      headers: CHALLENGE,
      content: problemContent('unauthorized'),
    }),
    ApiResponse({
      status: 403,
      description: `The token lacks the scope \`${scope}\`, or a page of another origin requested a change`,
      headers: CHALLENGE,
      content: problemContent('forbidden'),
    }),
    ApiResponse({
      status: 429,
      description: 'Too many requests, or too many refused tokens',
      headers: RETRY_AFTER,
      content: problemContent('rate_limited'),
    }),
    ApiResponse({
      status: 431,
      description: 'The address and the headers are larger than 16 KiB together',
      content: problemContent('too_large', 431),
    }),
    ApiResponse({ status: 500, description: ERROR_CODES.internal.remedy, content: problemContent('internal') }),
    ApiResponse({
      status: 503,
      description: 'The database, the issuer of the token or the health-worker is unreachable or too busy',
      headers: RETRY_AFTER,
      content: problemContent('provider_unavailable', 503),
    }),
  );
}
