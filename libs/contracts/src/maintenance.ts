import { IsISO8601, IsOptional, IsString, Matches, MaxLength, MinLength } from 'class-validator';

/** Of the many forms of ISO 8601 the one that names an instant, which JavaScript reads as well. */
const INSTANT_PATTERN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$/;
const INSTANT_MESSAGE = 'must be a time with its offset from UTC, like 2026-01-31T12:00:00Z';

/** How long a maintenance window may last from the moment it is set. */
export const MAX_MAINTENANCE_DAYS = 30;

/** A maintenance window in a merge patch: from now on. Absent fields stay as they are in a window that is in force. */
export class MaintenanceRequest {
  /** When it ends by itself; in the future, and at most 30 days from now. Required to begin one. */
  @IsOptional()
  @IsISO8601({ strict: true }, { message: INSTANT_MESSAGE })
  @Matches(INSTANT_PATTERN, { message: INSTANT_MESSAGE })
  until?: string;

  /** For people. */
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  reason?: string | null;
}

/** Work on the vendor's side or ours: checks go on, the status does not turn, and the time counts as no uptime. */
export interface Maintenance {
  /** When it ends, or has ended. */
  readonly until: string;
  readonly reason: string | null;
}
