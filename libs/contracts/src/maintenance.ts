import { IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { IsInstant } from './rules';

/** How long a maintenance window may last from the moment it is set. */
export const MAX_MAINTENANCE_DAYS = 30;

/** A maintenance window in a merge patch: from now on. Absent fields stay as they are in a window that is in force. */
export class MaintenanceRequest {
  /** When it ends by itself; in the future, and at most 30 days from now. Required to begin one. */
  @IsOptional()
  @IsInstant()
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
