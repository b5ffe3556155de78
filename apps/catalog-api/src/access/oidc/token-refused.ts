/** An access token is invalid. The reason is for the log, not for the caller. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';

  constructor(
    /** The name of the wrong claim, or an error code. Never a value from the token. */
    readonly reason: string,
    options: { cause?: unknown } = {},
  ) {
    super(`access token refused: ${reason}`, options);
  }
}
