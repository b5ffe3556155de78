import type { OpenAPIObject } from '@nestjs/swagger';
import { problemContent } from './problem.response';

type Operation = NonNullable<OpenAPIObject['paths'][string]['post']>;

const RESPONSES = {
  415: {
    description: 'The body is compressed, or its Content-Type is missing or not JSON',
    content: problemContent('invalid_request', 415),
  },
};

/**
 * Documents the refusal of a body by its media type. It happens before the body is read, also on routes without one.
 */
export function withMediaTypes(operation: Operation): Operation {
  return { ...operation, responses: { ...RESPONSES, ...operation.responses } };
}
