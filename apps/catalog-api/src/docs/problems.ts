import { ERROR_CODES, type ErrorCode } from '@integrations/contracts';
import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { problemContent } from './problem.response';

/** The problems that a route answers with beside those of every route. */
export function ApiProblems(...codes: readonly ErrorCode[]): MethodDecorator {
  const responses = codes.map((code) => {
    const { httpStatus, remedy } = ERROR_CODES[code];
    return ApiResponse({ status: httpStatus, description: remedy, content: problemContent(code) });
  });
  return applyDecorators(...responses);
}
