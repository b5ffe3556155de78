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
const KIND_DESCRIPTION = `\`altered\`: the entry is not as it was written. \`reordered\`: it was written at another
position. \`forked\`: it does not belong to the chain. \`missing\`, \`truncated\`: entries are gone, in the middle or at
the end.`;

const DIGEST_KINDS: readonly DigestBreakKind[] = ['forged', 'truncated', 'rewritten'];
const DIGEST_KIND_DESCRIPTION = `\`forged\`: signed with no known key, or changed since. \`truncated\`: the chain ends
before what was signed. \`rewritten\`: the entry that was signed has another hash.`;

export class AuditEntryResponse implements AuditEntryView {
  @ApiProperty({ format: 'uuid' })
  readonly id: string;

  @ApiProperty({ example: 'default' })
  readonly tenantId: string;

  @ApiProperty({ type: 'integer', example: 7, description: "Its place in the tenant's chain: from 1, without gaps" })
  readonly position: number;

  @ApiProperty({ format: 'date-time' })
  readonly at: string;

  @ApiProperty({ example: 'ci', description: 'Who did it: the name of the token, or the app that used a credential' })
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

  @ApiProperty({ example: HASH_EXAMPLE, description: 'SHA-256 over this entry and the hash of the one before' })
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
    description: 'The last position of a run of entries that are gone; null if nothing tells how many are',
  })
  readonly through: number | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The entry; null if it is gone' })
  readonly auditId: string | null;
}

class DigestBreakResponse implements DigestBreak {
  @ApiProperty({ enum: DIGEST_KINDS, enumName: 'DigestBreakKind', description: DIGEST_KIND_DESCRIPTION })
  readonly kind: DigestBreakKind;

  @ApiProperty({ type: 'integer', example: 17, description: 'Where the chain ended when the digest was signed' })
  readonly position: number;

  @ApiProperty({ example: '2026-01-31T12:00:00.000Z', description: 'When it was signed; empty if it says no time' })
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
  @ApiProperty({ type: 'integer', example: 24, description: 'How many digests were read' })
  readonly checked: number;

  @ApiProperty({ type: LastDigestResponse, nullable: true })
  readonly last: LastDigestResponse | null;

  @ApiProperty({ type: [DigestBreakResponse] })
  readonly breaks: readonly DigestBreakResponse[];
}

export class AuditVerificationResponse implements AuditVerificationView {
  @ApiProperty({
    description:
      'Whether every entry is as it was written, where it was written, none is gone, and no digest says otherwise',
  })
  readonly ok: boolean;

  @ApiProperty({ type: 'integer', example: 1204, description: 'How many entries were read' })
  readonly rows: number;

  @ApiProperty({
    type: AuditHeadResponse,
    nullable: true,
    description: 'Where the chain ended when the verification began. Noted elsewhere, it lets nobody rewrite the chain',
  })
  readonly head: AuditHeadResponse | null;

  @ApiProperty({ type: [AuditBreakResponse] })
  readonly breaks: readonly AuditBreakResponse[];

  @ApiProperty({
    type: DigestVerificationResponse,
    nullable: true,
    description: 'What was signed of the chain, hourly; null without a key, when nothing is signed or checked',
  })
  readonly digests: DigestVerificationResponse | null;

  @ApiProperty({ description: 'False: verification stopped at the last of these breaks; there may be more' })
  readonly isComplete: boolean;
}
