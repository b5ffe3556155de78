import { configuredClientSecret } from '@integrations/secrets';
import type { CatalogConfig } from '../../config';
import { SESSION_PATH } from '../session.controller';
import { IdentityProvider } from './identity-provider';

interface Deps {
  readonly fetch: typeof fetch;
  /** Called with the client secret, so that the log scrubber hides it. */
  readonly hide: (secret: string) => void;
}

/** The configured identity provider; null if users sign in by token only. Throws ConfigError. */
export function configuredIdentityProvider(config: CatalogConfig, { fetch, hide }: Deps): IdentityProvider | null {
  const { oidcIssuer: issuer, consoleOidcClientId: clientId, consoleOidcScopes: scopes, consoleUrl } = config;
  const { oidcAudience: audience, consoleOidcAudienceParameter: parameter } = config;
  if (issuer === undefined || clientId === undefined || consoleUrl === undefined) return null;
  const clientSecret = configuredClientSecret(config);
  if (clientSecret) hide(clientSecret.reveal());
  const redirectUri = new URL(`/${SESSION_PATH}/callback`, consoleUrl).href;
  const parameters = parameter !== undefined && audience !== undefined ? { [parameter]: audience } : {};
  return new IdentityProvider({ issuer, clientId, clientSecret, scopes, parameters, redirectUri, fetch });
}
