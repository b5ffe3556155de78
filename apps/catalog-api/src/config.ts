import { AsAddressRanges, AsInt, IsAbsolutePath, IsReadFromFile, ServiceConfig } from '@integrations/config';
import { API_SCOPES } from '@integrations/secrets';
import { IsIn, IsOptional, Length, Matches, ValidateIf } from 'class-validator';
import { IsSecureOrigin, IsSecureUrl } from './access/oidc/secure-url';

const CLAIM = { message: 'must be the name of a claim' };
const CLAIM_PATTERN = /^[\x21-\x7e]{1,200}$/;
// Words between spaces, as OAuth has them (RFC 6749, 3.3). Without openid there is no ID token, and so no nonce.
const SCOPES_PATTERN = /^(?=(.* )?openid( |$))[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/;
// https://www.rfc-editor.org/rfc/rfc8707#section-2, and what some issuers had before it.
const AUDIENCE_PARAMETERS = ['resource', 'audience'];

export class CatalogConfig extends ServiceConfig {
  /** Ed25519 keys in PEM: the first signs digests of the audit trail, all verify them. Absent: no digests. */
  @IsOptional()
  @IsAbsolutePath()
  auditKeyFile?: string;

  @IsReadFromFile('AUDIT_KEY_FILE')
  auditKey?: never;

  /** The OpenID Connect issuer whose access tokens are taken; absent: only tokens that the command line made. */
  @ValidateIf(usesOidc)
  @IsSecureUrl()
  oidcIssuer?: string;

  /** What access tokens must be meant for: their `aud`. */
  @ValidateIf(usesOidc)
  @Length(1, 255, { message: 'must be 1 to 255 characters' })
  oidcAudience?: string;

  /** Where the issuer's keys are; absent: as its discovery document says. */
  @IsOptional()
  @IsSecureUrl()
  oidcJwksUri?: string;

  /** The claim that names the tenant. */
  @Matches(CLAIM_PATTERN, CLAIM)
  oidcTenantClaim: string = 'tenant';

  /** The claim with the scopes: texts between spaces, or a list. */
  @Matches(CLAIM_PATTERN, CLAIM)
  oidcScopeClaim: string = 'scope';

  /** Turns signing in to the console at the issuer on: what catalog-api is called there as a client. */
  @ValidateIf(usesSignIn)
  @Length(1, 255, { message: 'must be 1 to 255 characters' })
  consoleOidcClientId?: string;

  /** The client's secret, readable by its owner only; absent: a public client. */
  @IsOptional()
  @IsAbsolutePath()
  consoleOidcClientSecretFile?: string;

  @IsReadFromFile('CONSOLE_OIDC_CLIENT_SECRET_FILE')
  consoleOidcClientSecret?: never;

  /** What is asked for at signing in. */
  @Matches(SCOPES_PATTERN, { message: 'must be scopes between single spaces, openid among them' })
  consoleOidcScopes: string = ['openid', ...API_SCOPES].join(' ');

  /** The parameter in which the issuer wants to be told `oidcAudience`; absent: it gives tokens for that without. */
  @IsOptional()
  @IsIn(AUDIENCE_PARAMETERS, { message: `must be ${AUDIENCE_PARAMETERS.join(' or ')}` })
  consoleOidcAudienceParameter?: string;

  /** The origin at which browsers have the console: where the issuer sends them back to. */
  @ValidateIf(usesSignIn)
  @IsSecureOrigin()
  consoleUrl?: string;

  /** Milliseconds after SIGTERM in which requests are still taken, so that whoever routes them can turn to another replica. */
  @AsInt({ min: 0, max: 600_000 })
  shutdownDelayMs: number = 3_000;

  /** How many requests one client, that is one token, may make in a minute. */
  @AsInt({ min: 1, max: 1_000_000_000 })
  requestsPerMinute: number = 30_000;

  /** How many tokens, and codes of sign-ins, may be refused to one address in a minute. */
  @AsInt({ min: 1, max: 1_000_000_000 })
  authFailuresPerMinute: number = 60;

  /** The proxies whose X-Forwarded-For and X-Forwarded-Proto are believed. */
  @AsAddressRanges()
  @Matches(/(?<!\/0+)$/, { each: true, message: 'must not be all addresses: anybody could say then who they are' })
  trustedProxies: string[] = [];
}

/** An issuer without an audience would let in tokens that are meant for others. */
function usesOidc({ oidcIssuer, oidcAudience, oidcJwksUri, consoleOidcClientId }: CatalogConfig): boolean {
  return [oidcIssuer, oidcAudience, oidcJwksUri, consoleOidcClientId].some((setting) => setting !== undefined);
}

function usesSignIn({ consoleOidcClientId, consoleOidcClientSecretFile, consoleUrl }: CatalogConfig): boolean {
  return [consoleOidcClientId, consoleOidcClientSecretFile, consoleUrl].some((setting) => setting !== undefined);
}
