import {
  MAX_PAGE,
  OPERATION_STATES,
  type OperationState,
  SCM_OPERATIONS,
  type ScmOperation,
} from '@integrations/contracts';
import { IsIn, IsInt, IsOptional, IsString, IsUUID, Max, MaxLength, Min } from 'class-validator';

/** `GET /api/v1/annotations`. */
export class ListOperationsQuery {
  @IsOptional()
  @IsIn(OPERATION_STATES)
  state?: OperationState;

  @IsOptional()
  @IsIn(SCM_OPERATIONS)
  operation?: ScmOperation;

  @IsOptional()
  @IsUUID()
  integrationId?: string;

  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  limit: number = 50;

  /** The `nextCursor` of the page before. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  cursor?: string;
}
