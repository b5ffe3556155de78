import type { OpenAPIObject } from '@nestjs/swagger';
import { problemContent } from './problem.response';

type Operation = NonNullable<OpenAPIObject['paths'][string]['post']>;

const RESPONSES = {
  415: {
    description: 'There is a body, and it is announced as something else than JSON, not at all, or as compressed',
    content: problemContent('invalid_request', 415),
  },
};

/** Every body is refused by its media type before anything of it is read, also where none is taken. */
export function withMediaTypes(operation: Operation): Operation {
  return { ...operation, responses: { ...RESPONSES, ...operation.responses } };
}
