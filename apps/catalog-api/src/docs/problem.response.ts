import { ERROR_CODES, type ErrorCode, type FieldError } from '@integrations/contracts';
import { ApiProperty, ApiPropertyOptional, type ContentObject, getSchemaPath } from '@nestjs/swagger';
import { type Problem, PROBLEM_MEDIA_TYPE, toProblem } from '../http/problem';
import { Refusal } from '../refusal';
import { contractType } from './contract-type';

const EXAMPLE: FieldError = { field: 'healthCheck.intervalSeconds', message: 'must not be less than 10' };

export class ProblemResponse implements Problem {
  @ApiProperty({ format: 'uri' })
  readonly type: string;

  @ApiProperty()
  readonly title: string;

  @ApiProperty({ type: 'integer' })
  readonly status: number;

  @ApiProperty()
  readonly detail: string;

  @ApiProperty({ enum: Object.keys(ERROR_CODES), enumName: 'ErrorCode' })
  readonly errorCode: ErrorCode;

  @ApiPropertyOptional()
  readonly instance?: string;

  @ApiProperty({ type: 'array', items: contractType('FieldError') })
  readonly details: readonly FieldError[];
}

/** The content of a problem response in the API description, with an example by error code. */
export function problemContent(
  errorCode: ErrorCode,
  status: number = ERROR_CODES[errorCode].httpStatus,
): ContentObject {
  const details = errorCode === 'invalid_request' ? [EXAMPLE] : [];
  const refusal = new Refusal(errorCode, ERROR_CODES[errorCode].remedy, details, { status });
  const value = toProblem(refusal, '/api/v1/integrations');
  const examples = { [errorCode]: { value } };
  return { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: getSchemaPath(ProblemResponse) }, examples } };
}
