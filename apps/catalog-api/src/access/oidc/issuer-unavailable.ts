/** The issuer cannot be asked now: that says nothing of the token that is to be checked. */
export class IssuerUnavailable extends Error {
  override readonly name = 'IssuerUnavailable';
}
