import { IsOptional, IsString, MaxLength } from 'class-validator';

/** The name of a consumer, as used in URL paths. */
export const CONSUMER_PATTERN = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** `PUT /api/v1/integrations/{id}/dependents/{consumer}`: declare that a consumer depends on an integration. */
export class PutDependentRequest {
  /** Why the consumer needs the integration. Shown to anyone who wants to delete the integration. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  note?: string;
}

/** A consumer that depends on an integration. */
export interface DependentView {
  /** Name of the consumer, such as `scheduler`. */
  readonly consumer: string;
  /** Why the consumer needs the integration; null if it gave no reason. */
  readonly note: string | null;
  /** When the consumer was added. */
  readonly createdAt: string;
  /** When the consumer was added or its note last changed. */
  readonly updatedAt: string;
}
