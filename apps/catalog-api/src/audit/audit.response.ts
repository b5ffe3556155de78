import type {
  AuditBreak,
  AuditBreakKind,
  AuditEntryView,
  AuditVerificationView,
  DigestBreak,
  DigestBreakKind,
  DigestVerification,
  Page,
} from '@integrations/contracts';
import { ApiProperty } from '@nestjs/swagger';

const HASH_EXAMPLE = '4521a582fc6733c6ecd0ebb86d0c49422f34d66ede7b8dc06056c995c4447e7f';
const KINDS: readonly AuditBreakKind[] = ['altered', 'missing', 'reordered', 'forked', 'truncated'];
const KIND_DESCRIPTION = `\`altered\`: the entry differs from what was written. \`reordered\`: it was written at another
position. \`forked\`: it does not belong to the chain. \`missing\`: entries are gone from the middle. \`truncated\`: entries
are gone from the end.`;

const DIGEST_KINDS: readonly DigestBreakKind[] = ['forged', 'truncated', 'rewritten'];
const DIGEST_KIND_DESCRIPTION = `\`forged\`: no known key signed the digest, or it was changed. \`truncated\`: the chain ends
before the signed position. \`rewritten\`: the entry at the signed position has another hash.`;

export class AuditEntryResponse implements AuditEntryView {
  @ApiProperty({ format: 'uuid' })
  readonly id: string;

  @ApiProperty({ example: 'default' })
  readonly tenantId: string;

  @ApiProperty({ type: 'integer', example: 7, description: "Position in the tenant's hash chain, from 1 without gaps" })
  readonly position: number;

  @ApiProperty({ format: 'date-time' })
  readonly at: string;

  @ApiProperty({ example: 'ci', description: 'Who acted: the name of the token, or the app that used a credential' })
  readonly actor: string;

  @ApiProperty({ example: 'catalog-api' })
  readonly app: string;

  @ApiProperty({ example: 'integration.updated' })
  readonly action: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  readonly integrationId: string | null;

  @ApiProperty({ example: 'succeeded' })
  readonly outcome: string;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { generation: 2, changedFields: ['tags'] } })
  readonly detail: Record<string, unknown>;

  @ApiProperty({ example: HASH_EXAMPLE, description: 'SHA-256 over this entry and the hash of the previous one' })
  readonly hash: string;
}

export class AuditPageResponse implements Page<AuditEntryView> {
  @ApiProperty({ type: [AuditEntryResponse] })
  readonly items: readonly AuditEntryResponse[];

  @ApiProperty({ type: String, nullable: true, description: 'Null on the last page' })
  readonly nextCursor: string | null;
}

class AuditHeadResponse {
  @ApiProperty({ type: 'integer', example: 1204 })
  readonly position: number;

  @ApiProperty({ example: HASH_EXAMPLE })
  readonly hash: string;
}

class AuditBreakResponse implements AuditBreak {
  @ApiProperty({ enum: KINDS, enumName: 'AuditBreakKind', description: KIND_DESCRIPTION })
  readonly kind: AuditBreakKind;

  @ApiProperty({ type: 'integer', example: 17 })
  readonly position: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 17,
    description: 'The last position of a run of missing entries; null if their number is unknown',
  })
  readonly through: number | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Id of the entry; null if it is gone' })
  readonly auditId: string | null;
}

class DigestBreakResponse implements DigestBreak {
  @ApiProperty({ enum: DIGEST_KINDS, enumName: 'DigestBreakKind', description: DIGEST_KIND_DESCRIPTION })
  readonly kind: DigestBreakKind;

  @ApiProperty({ type: 'integer', example: 17, description: 'End of the chain when the digest was signed' })
  readonly position: number;

  @ApiProperty({
    example: '2026-01-31T12:00:00.000Z',
    description: 'When the digest was signed; empty if it carries no time',
  })
  readonly at: string;

  @ApiProperty({ example: '1f0c8e7a5b3d9246' })
  readonly keyId: string;
}

class LastDigestResponse {
  @ApiProperty({ type: 'integer', example: 1204 })
  readonly position: number;

  @ApiProperty({ example: '2026-01-31T12:00:00.000Z' })
  readonly at: string;
}

class DigestVerificationResponse implements DigestVerification {
  @ApiProperty({ type: 'integer', example: 24, description: 'Number of digests that were read' })
  readonly checked: number;

  @ApiProperty({ type: LastDigestResponse, nullable: true })
  readonly last: LastDigestResponse | null;

  @ApiProperty({ type: [DigestBreakResponse] })
  readonly breaks: readonly DigestBreakResponse[];
}

export class AuditVerificationResponse implements AuditVerificationView {
  @ApiProperty({
    description: 'True if no entry was changed, moved or removed, and every digest matches the chain',
  })
  readonly ok: boolean;

  @ApiProperty({ type: 'integer', example: 1204, description: 'Number of entries that were read' })
  readonly rows: number;

  @ApiProperty({
    type: AuditHeadResponse,
    nullable: true,
    description: 'End of the chain when the verification began. A copy kept elsewhere reveals any later rewriting',
  })
  readonly head: AuditHeadResponse | null;

  @ApiProperty({ type: [AuditBreakResponse] })
  readonly breaks: readonly AuditBreakResponse[];

  @ApiProperty({
    type: DigestVerificationResponse,
    nullable: true,
    description: 'The hourly signed digests; null if no audit key is configured',
  })
  readonly digests: DigestVerificationResponse | null;

  @ApiProperty({ description: 'False if the verification stopped at the last break listed; there may be more' })
  readonly isComplete: boolean;
}
