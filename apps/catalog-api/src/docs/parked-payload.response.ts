import {
  type ParkedPayloadView,
  type ReplayedView,
  SCM_OPERATIONS,
  type ScmOperation,
  type VendorRequest,
} from '@integrations/contracts';
import { ApiProperty } from '@nestjs/swagger';
import { contractType } from './contract-type';

/** A line of `GET /api/v1/annotations/offline`. */
export class ParkedPayload implements ParkedPayloadView {
  @ApiProperty({ format: 'uuid' })
  readonly operationId: string;

  @ApiProperty({ format: 'uuid' })
  readonly integrationId: string;

  @ApiProperty({ example: 'github_app' })
  readonly provider: string;

  @ApiProperty({ enum: SCM_OPERATIONS, enumName: 'ScmOperation' })
  readonly operation: ScmOperation;

  @ApiProperty({ example: 'acme' })
  readonly owner: string;

  @ApiProperty({ example: 'shop' })
  readonly repository: string;

  @ApiProperty({ type: 'integer', nullable: true, example: 7 })
  readonly prNumber: number | null;

  @ApiProperty({ type: String, nullable: true })
  readonly commitSha: string | null;

  @ApiProperty({ format: 'date-time' })
  readonly acceptedAt: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly parkedAt: string | null;

  @ApiProperty({ type: String, nullable: true })
  readonly reason: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true })
  readonly request: object;

  @ApiProperty({
    type: String,
    nullable: true,
  })
  readonly markdown: string | null;

  @ApiProperty({ type: 'array', items: contractType('VendorRequest') })
  readonly vendorRequests: readonly VendorRequest[];

  @ApiProperty({
    type: [String],
  })
  readonly curl: readonly string[];

  @ApiProperty({ type: String, nullable: true })
  readonly problem: string | null;
}

export class ReplayedResponse implements ReplayedView {
  @ApiProperty({
    type: 'integer',
  })
  readonly queued: number;

  @ApiProperty({
    type: 'integer',
  })
  readonly superseded: number;

  @ApiProperty()
  readonly complete: boolean;
}
