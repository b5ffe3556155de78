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

type Head = NonNullable<AuditVerificationView['head']>;
type LastDigest = NonNullable<DigestVerification['last']>;

const HASH_EXAMPLE = '4521a582fc6733c6ecd0ebb86d0c49422f34d66ede7b8dc06056c995c4447e7f';
const KINDS: readonly AuditBreakKind[] = ['altered', 'missing', 'reordered', 'forked', 'truncated'];

const DIGEST_KINDS: readonly DigestBreakKind[] = ['forged', 'truncated', 'rewritten'];

class AuditEntryResponse implements AuditEntryView {
  @ApiProperty({ format: 'uuid' })
  readonly id: string;

  @ApiProperty({ example: 'default' })
  readonly tenantId: string;

  @ApiProperty({ type: 'integer', example: 7 })
  readonly position: number;

  @ApiProperty({ format: 'date-time' })
  readonly at: string;

  @ApiProperty({ example: 'ci' })
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

  @ApiProperty({ example: HASH_EXAMPLE })
  readonly hash: string;
}

export class AuditPageResponse implements Page<AuditEntryView> {
  @ApiProperty({ type: [AuditEntryResponse] })
  readonly items: readonly AuditEntryResponse[];

  @ApiProperty({ type: String, nullable: true })
  readonly nextCursor: string | null;
}

class AuditHeadResponse implements Head {
  @ApiProperty({ type: 'integer', example: 1204 })
  readonly position: number;

  @ApiProperty({ example: HASH_EXAMPLE })
  readonly hash: string;
}

class AuditBreakResponse implements AuditBreak {
  @ApiProperty({ enum: KINDS, enumName: 'AuditBreakKind' })
  readonly kind: AuditBreakKind;

  @ApiProperty({ type: 'integer', example: 17 })
  readonly position: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 17,
  })
  readonly through: number | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  readonly auditId: string | null;
}

class DigestBreakResponse implements DigestBreak {
  @ApiProperty({ enum: DIGEST_KINDS, enumName: 'DigestBreakKind' })
  readonly kind: DigestBreakKind;

  @ApiProperty({ type: 'integer', example: 17 })
  readonly position: number;

  @ApiProperty({
    example: '2026-01-31T12:00:00.000Z',
  })
  readonly at: string;

  @ApiProperty({ example: '1f0c8e7a5b3d9246' })
  readonly keyId: string;
}

class LastDigestResponse implements LastDigest {
  @ApiProperty({ type: 'integer', example: 1204 })
  readonly position: number;

  @ApiProperty({ example: '2026-01-31T12:00:00.000Z' })
  readonly at: string;
}

class DigestVerificationResponse implements DigestVerification {
  @ApiProperty({ type: 'integer', example: 24 })
  readonly checked: number;

  @ApiProperty({ type: LastDigestResponse, nullable: true })
  readonly last: LastDigestResponse | null;

  @ApiProperty({ type: [DigestBreakResponse] })
  readonly breaks: readonly DigestBreakResponse[];
}

export class AuditVerificationResponse implements AuditVerificationView {
  @ApiProperty()
  readonly ok: boolean;

  @ApiProperty({ type: 'integer', example: 1204 })
  readonly rows: number;

  @ApiProperty({
    type: AuditHeadResponse,
    nullable: true,
  })
  readonly head: AuditHeadResponse | null;

  @ApiProperty({ type: [AuditBreakResponse] })
  readonly breaks: readonly AuditBreakResponse[];

  @ApiProperty({
    type: DigestVerificationResponse,
    nullable: true,
  })
  readonly digests: DigestVerificationResponse | null;

  @ApiProperty()
  readonly isComplete: boolean;
}
