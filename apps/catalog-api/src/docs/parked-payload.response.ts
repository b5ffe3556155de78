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

  @ApiProperty({ type: String, nullable: true, description: 'Why the operation was not sent' })
  readonly reason: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'The request as it was received' })
  readonly request: object;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The content as Markdown, for pasting into the pull request by hand',
  })
  readonly markdown: string | null;

  @ApiProperty({
    type: [VendorRequestResponse],
    description: 'The calls that would be made, in order, if the vendor had none of the content yet',
  })
  readonly vendorRequests: readonly VendorRequest[];

  @ApiProperty({
    type: [String],
    description: 'The same calls as shell commands, which read the credential from `$SCM_TOKEN`',
  })
  readonly curl: readonly string[];

  @ApiProperty({ type: String, nullable: true, description: 'Why parts of this entry are missing' })
  readonly problem: string | null;
}

export class ReplayedResponse implements ReplayedView {
  @ApiProperty({
    type: 'integer',
    description: 'Number of operations that were put back into their lanes and are now posted',
  })
  readonly queued: number;

  @ApiProperty({
    type: 'integer',
    description: 'Number of operations that ended because a newer one had replaced them',
  })
  readonly superseded: number;

  @ApiProperty({ description: 'False if not everything could be queued within 20 seconds: repeat the request' })
  readonly complete: boolean;
}
