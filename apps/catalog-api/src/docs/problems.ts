import { ERROR_CODES, type ErrorCode } from '@integrations/contracts';
import { applyDecorators } from '@nestjs/common';
import { ApiResponse, type OpenAPIObject } from '@nestjs/swagger';
import { PROBLEM_MEDIA_TYPE } from '../http/problem';
import { problemContent } from './problem.response';

type Operation = NonNullable<OpenAPIObject['paths'][string]['post']>;
type Response = Exclude<NonNullable<Operation['responses'][string]>, { readonly $ref: string }>;
type Responses = Readonly<Record<string, Response>>;

/**
 * Documents the problems that a route may answer with, besides those common to all routes. Error codes that share a
 * status share its response.
 */
export function ApiProblems(...codes: readonly ErrorCode[]): MethodDecorator {
  const byStatus = Map.groupBy(codes, (code) => ERROR_CODES[code].httpStatus);
  const responses = [...byStatus].map(([status, group]) => ApiResponse({ status, ...group.map(problem).reduce(both) }));
  return applyDecorators(...responses);
}

/** The operation with further problems, also at a status that it has already. */
export function withProblems(operation: Operation, problems: Responses): Operation {
  const own = operation.responses as Responses;
  const added = Object.entries(problems).map(([status, response]) => {
    const documented = own[status];
    return [status, documented ? both(documented, response) : response];
  });
  return { ...operation, responses: { ...own, ...(Object.fromEntries(added) as Responses) } };
}

function problem(code: ErrorCode): Response {
  return { description: `\`${code}\`: ${ERROR_CODES[code].remedy}`, content: problemContent(code) };
}

function both(first: Response, second: Response): Response {
  const [content, more] = [first.content?.[PROBLEM_MEDIA_TYPE], second.content?.[PROBLEM_MEDIA_TYPE]];
  return {
    ...first,
    description: `${first.description}\n\n${second.description}`,
    content: { [PROBLEM_MEDIA_TYPE]: { ...content, examples: { ...content?.examples, ...more?.examples } } },
  };
}
