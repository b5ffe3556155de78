import { IsString, Length } from 'class-validator';

/** `PUT /api/v1/secrets/{path}`: store a secret. */
export class PutSecretRequest {
  /** The secret, at most 64 KiB in UTF-8. No response ever contains it. */
  @IsString()
  @Length(1, 65_536)
  value: string;
}

/** A secret after it was written, without its value. */
export interface WrittenSecret {
  /** The reference for registrations to use. */
  readonly authRef: string;
  /** Version of the secret, counted from 1. */
  readonly version: number;
}
