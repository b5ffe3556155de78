import { IsInstant, PageQuery } from '@integrations/contracts';
import type { AuditFilter } from '@integrations/database';
import { IsInt, IsOptional, IsUUID, Matches, Min } from 'class-validator';
import { instant } from '../http/instant';

const ACTION_PATTERN = /^[a-z_]{1,50}(\.[a-z_]{1,50}){1,3}$/;

/** `GET /api/v1/audit`. */
export class ListAuditQuery extends PageQuery {
  /** Only the entry at this position of the chain. */
  @IsOptional()
  @IsInt()
  @Min(1)
  position?: number;

  /** Only entries about this integration. */
  @IsOptional()
  @IsUUID()
  integrationId?: string;

  /** Only entries of this actor: the name of the token, or the app that used a credential. */
  @IsOptional()
  @Matches(/^[^\p{Cc}\p{Cs}]{1,255}$/u, { message: 'must be 1 to 255 printable characters' })
  actor?: string;

  /** Only entries of this action: `integration.updated` or `credential.leased`. */
  @IsOptional()
  @Matches(ACTION_PATTERN, { message: 'must be an action like integration.updated' })
  action?: string;

  /** Only entries written at this time or later. */
  @IsOptional()
  @IsInstant()
  since?: string;

  /** Only entries written before this time. */
  @IsOptional()
  @IsInstant()
  until?: string;
}

export function filterOf({ limit: _, cursor: __, since, until, ...same }: ListAuditQuery): AuditFilter {
  return { ...same, since: instant(since), until: instant(until) };
}
