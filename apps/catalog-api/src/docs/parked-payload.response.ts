import {
  type ParkedPayloadView,
  type ReplayedView,
  SCM_OPERATIONS,
  type ScmOperation,
  type VendorRequest,
} from '@integrations/contracts';
import { ApiProperty } from '@nestjs/swagger';

class VendorRequestResponse implements VendorRequest {
  @ApiProperty({ example: 'POST' })
  readonly method: string;

  @ApiProperty({ example: 'https://api.github.com/repos/acme/shop/issues/7/comments' })
  readonly url: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  readonly body: object;
}

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

  @ApiProperty({ type: String, nullable: true, description: 'Why it was not sent' })
  readonly reason: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'As it was asked for' })
  readonly request: object;

  @ApiProperty({ type: String, nullable: true, description: 'For pasting into the pull request' })
  readonly markdown: string | null;

  @ApiProperty({
    type: [VendorRequestResponse],
    description: 'What would be sent, in order, if nothing of it were at the vendor yet',
  })
  readonly vendorRequests: readonly VendorRequest[];

  @ApiProperty({ type: [String], description: 'The same as shell commands; the credential is `$SCM_TOKEN`' })
  readonly curl: readonly string[];

  @ApiProperty({ type: String, nullable: true, description: 'Why something of it is missing' })
  readonly problem: string | null;
}

export class ReplayedResponse implements ReplayedView {
  @ApiProperty({ type: 'integer', description: 'Put back into their lanes; dispatchers post them now' })
  readonly queued: number;

  @ApiProperty({ type: 'integer', description: 'Ended, because something newer took their place' })
  readonly superseded: number;

  @ApiProperty({ description: 'False: there is more than could be queued in 20 seconds; ask again' })
  readonly complete: boolean;
}
