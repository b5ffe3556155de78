import { IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { IsInstant } from './rules';

/** The longest maintenance window, counted from when it is set. */
export const MAX_MAINTENANCE_DAYS = 30;

/**
 * A maintenance window in a merge patch. It starts now. Fields that are absent keep their value in a current window.
 */
export class MaintenanceRequest {
  /** When the window ends automatically: in the future, at most 30 days from now. Required to start a window. */
  @IsOptional()
  @IsInstant()
  until?: string;

  /** A note for other people; null removes it. */
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  reason?: string | null;
}

/** A maintenance window. Checks continue, but the status does not change, and uptime leaves this time out. */
export interface Maintenance {
  /** When the window ends or ended. */
  readonly until: string;
  /** A note for other people; null if there is none. */
  readonly reason: string | null;
}
