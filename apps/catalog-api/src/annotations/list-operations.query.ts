import {
  IsInstant,
  OPERATION_STATES,
  type OperationState,
  PageQuery,
  SCM_OPERATIONS,
  type ScmOperation,
  SHA_PATTERN,
} from '@integrations/contracts';
import type { OperationFilter } from '@integrations/database';
import { IsIn, IsInt, IsOptional, IsString, IsUUID, Matches, MaxLength, Min } from 'class-validator';
import { instant } from '../http/instant';

/** `GET /api/v1/annotations`. */
export class ListOperationsQuery extends PageQuery {
  @IsOptional()
  @IsIn(OPERATION_STATES)
  state?: OperationState;

  @IsOptional()
  @IsIn(SCM_OPERATIONS)
  operation?: ScmOperation;

  @IsOptional()
  @IsUUID()
  integrationId?: string;

  /** Case is ignored, as vendors do. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  owner?: string;

  /** Case is ignored, as vendors do. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  repository?: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  prNumber?: number;

  @IsOptional()
  @Matches(SHA_PATTERN, { message: 'must be a full commit sha in lower case' })
  commitSha?: string;

  /** Accepted at this time or later. */
  @IsOptional()
  @IsInstant()
  since?: string;

  /** Accepted before this time. */
  @IsOptional()
  @IsInstant()
  until?: string;
}

export function filterOf({ limit: _, cursor: __, since, until, ...same }: ListOperationsQuery): OperationFilter {
  return { ...same, since: instant(since), until: instant(until) };
}
