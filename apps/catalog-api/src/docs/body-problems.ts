import type { OpenAPIObject } from '@nestjs/swagger';
import { problemContent } from './problem.response';
import { withProblems } from './problems';

type Operation = NonNullable<OpenAPIObject['paths'][string]['post']>;

const RESPONSES = {
  413: { description: 'The body is larger than 1 MiB', content: problemContent('too_large') },
  415: {
    description: 'The body is compressed, or its Content-Type is missing or not JSON',
    content: problemContent('invalid_request', 415),
  },
};

/**
 * Documents the refusal of a body by its size or media type. It happens before the body is read, also on routes without
 * one.
 */
export function withBodyProblems(operation: Operation): Operation {
  return withProblems(operation, RESPONSES);
}
