import type { OpenAPIObject } from '@nestjs/swagger';
import { problemContent } from './problem.response';

type Operation = NonNullable<OpenAPIObject['paths'][string]['post']>;

const PARAMETER = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Your name for this request, for 24 hours: whoever repeats it gets the first answer, and nothing is done again. ' +
    'Another request under the same key is answered 422, and one while the first is under way 409: for two minutes at ' +
    'most, after which a first one that was never answered counts as dead. Refusals other than 400 did nothing and are not ' +
    'kept: the same request under the same key is looked at anew, whatever its If-Match. Nor are answers of 500 and above, ' +
    'after which it may have been done.',
  schema: { type: 'string', minLength: 1, maxLength: 255, example: '6c1f2f9e-create-github' },
} as const;

const RESPONSES = {
  409: { description: 'A request with that Idempotency-Key is under way', content: problemContent('conflict') },
  422: {
    description: 'That Idempotency-Key was used for another request',
    content: problemContent('invalid_request', 422),
  },
};

/** Every POST takes a key, whatever it does. */
export function withIdempotencyKey(operation: Operation): Operation {
  const parameters = [...(operation.parameters ?? []), PARAMETER];
  return { ...operation, parameters, responses: { ...RESPONSES, ...operation.responses } };
}
