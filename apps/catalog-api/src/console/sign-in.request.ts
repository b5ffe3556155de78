import { Matches, MaxLength } from 'class-validator';
import { LONGEST_TOKEN } from '../access/session-cookie';

/** `POST /console/session`. */
export class SignInRequest {
  /** A token of the command line, or an access token of the configured issuer. */
  @MaxLength(LONGEST_TOKEN, {
    message: `must be at most ${LONGEST_TOKEN} characters, for browsers keep no larger cookie`,
  })
  // What RFC 6750 lets a bearer token be made of: it stands in a cookie as it is.
  @Matches(/^[\w.~+/-]+=*$/, { message: 'must be a token and nothing else: letters, digits and - . _ ~ + / =' })
  token: string;
}
