import {
  OPERATION_STATES,
  type OperationState,
  type Page,
  SCM_OPERATIONS,
  type ScmOperation,
  type ScmOperationView,
  type ScmOutcome,
} from '@integrations/contracts';
import { ApiProperty } from '@nestjs/swagger';
import { contractType } from './contract-type';

const OUTCOME_EXAMPLE = {
  success: true,
  result: {
    outcome: 'created',
    commentId: '1',
    url: 'https://github.com/acme/shop/pull/7#issuecomment-1',
    truncated: [],
  },
  errorMessage: null,
  isTransient: false,
  skippedOffline: false,
  errorCode: null,
  retryAfterMs: null,
  operationId: '0199c3a1-7c1e-7d4f-9a52-2f1f6e8b9a10',
  details: [],
};

export class OperationResponse implements ScmOperationView {
  @ApiProperty({ format: 'uuid' })
  readonly operationId: string;

  @ApiProperty({ format: 'uuid' })
  readonly integrationId: string;

  @ApiProperty({ example: 'github_app' })
  readonly provider: string;

  @ApiProperty({ enum: SCM_OPERATIONS, enumName: 'ScmOperation' })
  readonly operation: ScmOperation;

  @ApiProperty({ enum: OPERATION_STATES, enumName: 'OperationState' })
  readonly state: OperationState;

  @ApiProperty({ example: 'acme' })
  readonly owner: string;

  @ApiProperty({ example: 'shop' })
  readonly repository: string;

  @ApiProperty({ type: 'integer', nullable: true, example: 7 })
  readonly prNumber: number | null;

  @ApiProperty({ type: String, nullable: true })
  readonly commitSha: string | null;

  @ApiProperty({ type: 'integer', example: 1 })
  readonly attempts: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly nextAttemptAt: string | null;

  @ApiProperty({ format: 'date-time' })
  readonly acceptedAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly finishedAt: string | null;

  @ApiProperty({
    type: String,
    enum: ['superseded', 'cancelled', 'failed'],
    nullable: true,
  })
  readonly ending: 'superseded' | 'cancelled' | 'failed' | null;

  @ApiProperty({ anyOf: [contractType('ScmOutcome'), { type: 'null' }], example: OUTCOME_EXAMPLE })
  readonly outcome: ScmOutcome | null;
}

export class OperationPageResponse implements Page<ScmOperationView> {
  @ApiProperty({ type: [OperationResponse] })
  readonly items: readonly OperationResponse[];

  @ApiProperty({ type: String, nullable: true })
  readonly nextCursor: string | null;
}
