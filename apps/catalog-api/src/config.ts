import { AsAddressRanges, AsInt, IsAbsolutePath, IsReadFromFile, ServiceConfig } from '@integrations/config';
import { API_SCOPES } from '@integrations/secrets';
import { IsIn, IsOptional, Length, Matches, ValidateIf } from 'class-validator';
import { IsSecureOrigin, IsSecureUrl } from './access/oidc/secure-url';

const CLAIM = { message: 'must be the name of a claim' };
const CLAIM_PATTERN = /^[\x21-\x7e]{1,200}$/;
// Scopes separated by spaces (RFC 6749, 3.3). Without openid there is no ID token, and therefore no nonce to check.
const SCOPES_PATTERN = /^(?=(.* )?openid( |$))[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/;
// https://www.rfc-editor.org/rfc/rfc8707#section-2, and the older parameter of some issuers.
const AUDIENCE_PARAMETERS = ['resource', 'audience'];

export class CatalogConfig extends ServiceConfig {
  /**
   * File of Ed25519 keys in PEM. The first one signs digests of the audit trail, all verify them. Absent: no digests.
   */
  @IsOptional()
  @IsAbsolutePath()
  auditKeyFile?: string;

  @IsReadFromFile('AUDIT_KEY_FILE')
  auditKey?: never;

  /** The OpenID Connect issuer whose access tokens are accepted. Absent: only tokens made by the command line. */
  @ValidateIf(usesOidc)
  @IsSecureUrl()
  oidcIssuer?: string;

  /** The audience (`aud`) that access tokens must have. */
  @ValidateIf(usesOidc)
  @Length(1, 255, { message: 'must be 1 to 255 characters' })
  oidcAudience?: string;

  /** URL of the issuer's keys. Absent: found by discovery. */
  @IsOptional()
  @IsSecureUrl()
  oidcJwksUri?: string;

  /** The claim that names the tenant. */
  @Matches(CLAIM_PATTERN, CLAIM)
  oidcTenantClaim: string = 'tenant';

  /** The claim that holds the scopes, separated by spaces or in a list. */
  @Matches(CLAIM_PATTERN, CLAIM)
  oidcScopeClaim: string = 'scope';

  /** The client id of catalog-api at the issuer. Setting it enables signing in to the console at the issuer. */
  @ValidateIf(usesSignIn)
  @Length(1, 255, { message: 'must be 1 to 255 characters' })
  consoleOidcClientId?: string;

  /** File of the client's secret, readable by its owner only. Absent: a public client. */
  @IsOptional()
  @IsAbsolutePath()
  consoleOidcClientSecretFile?: string;

  @IsReadFromFile('CONSOLE_OIDC_CLIENT_SECRET_FILE')
  consoleOidcClientSecret?: never;

  /** The scopes that the console requests at sign-in. */
  @Matches(SCOPES_PATTERN, { message: 'must be scopes between single spaces, openid among them' })
  consoleOidcScopes: string = ['openid', ...API_SCOPES].join(' ');

  /** The parameter that sends `oidcAudience` to the issuer. Absent: the issuer needs none to issue such tokens. */
  @IsOptional()
  @IsIn(AUDIENCE_PARAMETERS, { message: `must be ${AUDIENCE_PARAMETERS.join(' or ')}` })
  consoleOidcAudienceParameter?: string;

  /** The origin at which browsers reach the console. The issuer redirects them back to it. */
  @ValidateIf(usesSignIn)
  @IsSecureOrigin()
  consoleUrl?: string;

  /** The hard limit of one test on demand in the health-workers, in milliseconds. */
  @AsInt({ min: 100, max: 60_000 })
  testTimeoutMs: number = 10_000;

  /** Milliseconds to keep serving after SIGTERM, so that load balancers can switch to another replica. */
  @AsInt({ min: 0, max: 600_000 })
  shutdownDelayMs: number = 3_000;

  /** Requests per minute that one client may make. A client is identified by its token. */
  @AsInt({ min: 1, max: 1_000_000_000 })
  requestsPerMinute: number = 30_000;

  /** Refused tokens and sign-in codes per minute before an address is blocked. */
  @AsInt({ min: 1, max: 1_000_000_000 })
  authFailuresPerMinute: number = 60;

  /** The proxies whose X-Forwarded-For and X-Forwarded-Proto headers are trusted. */
  @AsAddressRanges()
  @Matches(/(?<!\/0+)$/, { each: true, message: 'must not be all addresses: any client could then claim any address' })
  trustedProxies: string[] = [];
}

/**
 * Requires the issuer and audience together: without an audience, tokens meant for other services would be accepted.
 */
function usesOidc({ oidcIssuer, oidcAudience, oidcJwksUri, consoleOidcClientId }: CatalogConfig): boolean {
  return [oidcIssuer, oidcAudience, oidcJwksUri, consoleOidcClientId].some((setting) => setting !== undefined);
}

function usesSignIn({ consoleOidcClientId, consoleOidcClientSecretFile, consoleUrl }: CatalogConfig): boolean {
  return [consoleOidcClientId, consoleOidcClientSecretFile, consoleUrl].some((setting) => setting !== undefined);
}
