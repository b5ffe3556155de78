import type { OpenAPIObject } from '@nestjs/swagger';
import { problemContent } from './problem.response';
import { withProblems } from './problems';

type Operation = NonNullable<OpenAPIObject['paths'][string]['post']>;

const PARAMETER = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'A key of your choice for this request, valid for 24 hours. Repeating the request with the same key returns the first ' +
    'response, and nothing is done again. A different request with the same key gets 422. A request gets 409 while the ' +
    'first one is in progress; after two minutes without a response, the first one counts as dead. Responses other than ' +
    '2xx and 400 are not kept, so a repeat is processed again, whatever its If-Match. After other 4xx responses nothing ' +
    'was done; after a response of 500 or above, the request may have taken effect.',
  schema: { type: 'string', minLength: 1, maxLength: 255, example: '6c1f2f9e-create-github' },
} as const;

const RESPONSES = {
  409: { description: 'A request with this Idempotency-Key is in progress', content: problemContent('conflict') },
  422: {
    description: 'This Idempotency-Key was used for a different request',
    content: problemContent('invalid_request', 422),
  },
};

/** Documents the header of an operation. Every POST takes a key. */
export function withIdempotencyKey(operation: Operation): Operation {
  const parameters = [...(operation.parameters ?? []), PARAMETER];
  return withProblems({ ...operation, parameters }, RESPONSES);
}
