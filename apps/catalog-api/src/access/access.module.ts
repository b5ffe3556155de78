import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { CatalogConfig } from '../config';
import { AccessGuard } from './access.guard';
import { Authenticator } from './authenticator';
import { AccessTokens } from './oidc/access-tokens';
import { IssuerEgress } from './oidc/issuer-egress';
import { issuerKeys } from './oidc/issuer-keys';
import { RateLimits } from './rate-limits';

/** Authentication, scopes and rate limits of the API. */
@Module({
  providers: [
    RateLimits,
    IssuerEgress,
    { provide: AccessTokens, useFactory: accessTokensOf, inject: [CatalogConfig, IssuerEgress] },
    Authenticator,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [Authenticator, IssuerEgress, RateLimits],
})
export class AccessModule {}

/** Null if no issuer is configured. */
function accessTokensOf(config: CatalogConfig, egress: IssuerEgress): AccessTokens | null {
  const { oidcIssuer: issuer, oidcAudience: audience, oidcJwksUri: jwksUri } = config;
  if (issuer === undefined || audience === undefined) return null;
  const rules = { issuer, audience, tenantClaim: config.oidcTenantClaim, scopeClaim: config.oidcScopeClaim };
  const source = jwksUri === undefined ? { issuer } : { issuer, jwksUri };
  return new AccessTokens(rules, issuerKeys(source, egress.fetch));
}
