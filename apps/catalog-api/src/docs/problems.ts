import { ERROR_CODES, type ErrorCode } from '@integrations/contracts';
import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { problemContent } from './problem.response';

/** Documents the problems that a route may answer with, besides those common to all routes. */
export function ApiProblems(...codes: readonly ErrorCode[]): MethodDecorator {
  const responses = codes.map((code) => {
    const { httpStatus, remedy } = ERROR_CODES[code];
    return ApiResponse({ status: httpStatus, description: remedy, content: problemContent(code) });
  });
  return applyDecorators(...responses);
}
