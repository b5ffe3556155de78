import { IsString, Length } from 'class-validator';

/** `PUT /api/v1/secrets/{path}`. */
export class PutSecretRequest {
  /** At most 64 KiB in UTF-8. It is never answered again. */
  @IsString()
  @Length(1, 65_536)
  value: string;
}

/** What was written, without the value. */
export interface WrittenSecret {
  /** As registrations name it. */
  readonly authRef: string;
  /** Counts from 1. */
  readonly version: number;
}
