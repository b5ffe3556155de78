import { Matches, MaxLength } from 'class-validator';
import { LONGEST_TOKEN } from '../access/session-cookie';

/** `POST /console/session`. */
export class SignInRequest {
  /** A token made by the command line, or an access token of the configured issuer. */
  @MaxLength(LONGEST_TOKEN, {
    message: `must be at most ${LONGEST_TOKEN} characters, because browsers keep no larger cookie`,
  })
  // The characters of a bearer token (RFC 6750), which need no escaping in a cookie.
  @Matches(/^[\w.~+/-]+=*$/, { message: 'must be a token and nothing else: letters, digits and - . _ ~ + / =' })
  token: string;
}
