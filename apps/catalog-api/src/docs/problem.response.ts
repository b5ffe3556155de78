import { ERROR_CODES, type ErrorCode, type FieldError } from '@integrations/contracts';
import { ApiProperty, ApiPropertyOptional, type ContentObject, getSchemaPath } from '@nestjs/swagger';
import { type Problem, PROBLEM_MEDIA_TYPE, toProblem } from '../http/problem';
import { Refusal } from '../refusal';

export class FieldErrorResponse implements FieldError {
  @ApiProperty({ description: 'A path such as `config.appId`; empty for the whole request', example: 'config.appId' })
  readonly field: string;

  @ApiProperty({ example: 'is not a known field' })
  readonly message: string;
}

export class ProblemResponse implements Problem {
  @ApiProperty({ description: 'Names the kind of problem; nothing is to be fetched there', format: 'uri' })
  readonly type: string;

  @ApiProperty()
  readonly title: string;

  @ApiProperty({ type: 'integer' })
  readonly status: number;

  @ApiProperty()
  readonly detail: string;

  @ApiProperty({ enum: Object.keys(ERROR_CODES), enumName: 'ErrorCode' })
  readonly errorCode: ErrorCode;

  @ApiPropertyOptional({ description: 'The path that was asked for' })
  readonly instance: string;

  @ApiProperty({ type: () => [FieldErrorResponse] })
  readonly details: FieldErrorResponse[];
}

/** A problem answer in the API description, with an example. */
export function problemContent(errorCode: ErrorCode, status = ERROR_CODES[errorCode].httpStatus): ContentObject {
  const details = errorCode === 'invalid_request' ? [{ field: 'config.appId', message: 'is not a known field' }] : [];
  const refusal = new Refusal(errorCode, ERROR_CODES[errorCode].remedy, details, { status });
  const example = toProblem(refusal, '/api/v1/integrations');
  return { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: getSchemaPath(ProblemResponse) }, example } };
}
