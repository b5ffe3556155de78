import { IsOptional, IsString, MaxLength } from 'class-validator';

/** The name of a consumer, as it stands in paths. */
export const CONSUMER_PATTERN = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** `PUT /api/v1/integrations/{id}/dependents/{consumer}`. */
export class PutDependentRequest {
  /** What it is needed for: whoever wants to delete the integration reads it. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  note?: string;
}

/** A consumer that relies on an integration. */
export interface DependentView {
  readonly consumer: string;
  readonly note: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}
