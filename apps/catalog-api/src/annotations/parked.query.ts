import { IsInstant } from '@integrations/contracts';
import type { ParkedFilter } from '@integrations/database';
import { IsOptional, IsUUID } from 'class-validator';
import { instant } from '../http/instant';

/** Selects parked operations. Without any field, all of the tenant's. */
export class ParkedQuery {
  /** Only operations of this integration. */
  @IsOptional()
  @IsUUID()
  integrationId?: string;

  /** Only operations accepted at this time or later. */
  @IsOptional()
  @IsInstant()
  since?: string;

  /** Only operations accepted before this time. */
  @IsOptional()
  @IsInstant()
  until?: string;
}

export function parkedFilterOf({ integrationId, since, until }: ParkedQuery): ParkedFilter {
  return { integrationId, since: instant(since), until: instant(until) };
}
