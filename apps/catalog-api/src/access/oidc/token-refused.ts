/** An access token that counts for nothing. The reason is for the log, not for its bearer. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';

  constructor(
    /** A claim, or the code of what is wrong. Nothing out of the token. */
    readonly reason: string,
    options: { cause?: unknown } = {},
  ) {
    super(`access token refused: ${reason}`, options);
  }
}
