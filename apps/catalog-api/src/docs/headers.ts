import type { OpenAPIObject } from '@nestjs/swagger';

/** Response headers that any route may send, each described once. */
export const HEADERS: NonNullable<OpenAPIObject['components']>['headers'] = {
  RetryAfter: { description: 'Seconds to wait', schema: { type: 'integer', minimum: 1 } },
  WWWAuthenticate: {
    description: 'What is wrong with the token, or which scope it lacks (RFC 6750)',
    schema: { type: 'string' },
  },
};

export const RETRY_AFTER = { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } };
export const CHALLENGE = { 'WWW-Authenticate': { $ref: '#/components/headers/WWWAuthenticate' } };
