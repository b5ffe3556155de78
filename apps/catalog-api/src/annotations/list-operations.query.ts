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
  /** Only operations in this state. */
  @IsOptional()
  @IsIn(OPERATION_STATES)
  state?: OperationState;

  /** Only operations of this kind. */
  @IsOptional()
  @IsIn(SCM_OPERATIONS)
  operation?: ScmOperation;

  /** Only operations of this integration. */
  @IsOptional()
  @IsUUID()
  integrationId?: string;

  /** Only operations for repositories of this owner. Case is ignored, as vendors do. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  owner?: string;

  /** Only operations for repositories of this name. Case is ignored, as vendors do. */
  @IsOptional()
  @IsString()
  @MaxLength(255)
  repository?: string;

  /** Only operations for the pull request with this number. */
  @IsOptional()
  @IsInt()
  @Min(1)
  prNumber?: number;

  /** Only operations for this commit. */
  @IsOptional()
  @Matches(SHA_PATTERN, { message: 'must be a full commit sha in lower case' })
  commitSha?: string;

  /** Only operations accepted at this time or later. */
  @IsOptional()
  @IsInstant()
  since?: string;

  /** Only operations accepted before this time. */
  @IsOptional()
  @IsInstant()
  until?: string;
}

export function filterOf({ limit: _, cursor: __, since, until, ...same }: ListOperationsQuery): OperationFilter {
  return { ...same, since: instant(since), until: instant(until) };
}
