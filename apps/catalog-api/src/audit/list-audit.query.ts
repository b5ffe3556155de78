import { MAX_PAGE } from '@integrations/contracts';
import { IsInt, IsISO8601, IsOptional, IsString, IsUUID, Matches, Max, MaxLength, Min } from 'class-validator';

const ACTION_PATTERN = /^[a-z_]{1,50}(\.[a-z_]{1,50}){1,3}$/;
/** Of the many forms of ISO 8601 the one that names an instant, which JavaScript reads as well. */
const INSTANT_PATTERN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$/;
const INSTANT_MESSAGE = 'must be a time with its offset from UTC, like 2026-01-31T12:00:00Z';

/** `GET /api/v1/audit`. */
export class ListAuditQuery {
  /** The one entry at that position of the chain. */
  @IsOptional()
  @IsInt()
  @Min(1)
  position?: number;

  @IsOptional()
  @IsUUID()
  integrationId?: string;

  /** Who did it: the name of the token, or the app that used a credential. */
  @IsOptional()
  @Matches(/^[^\p{Cc}\p{Cs}]{1,255}$/u, { message: 'must be 1 to 255 printable characters' })
  actor?: string;

  /** What was done: `integration.updated`, `credential.leased`. */
  @IsOptional()
  @Matches(ACTION_PATTERN, { message: 'must be an action like integration.updated' })
  action?: string;

  /** Not before this time. */
  @IsOptional()
  @IsISO8601({ strict: true }, { message: INSTANT_MESSAGE })
  @Matches(INSTANT_PATTERN, { message: INSTANT_MESSAGE })
  since?: string;

  /** Before this time. */
  @IsOptional()
  @IsISO8601({ strict: true }, { message: INSTANT_MESSAGE })
  @Matches(INSTANT_PATTERN, { message: INSTANT_MESSAGE })
  until?: string;

  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  limit: number = 50;

  /** The `nextCursor` of the page before. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  cursor?: string;
}
