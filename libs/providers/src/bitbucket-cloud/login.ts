import { ProviderError, type Secret } from '@integrations/provider-kit';
import type { Authentication } from './config';

/** A parsed credential. */
export type Login =
  | { readonly kind: 'access_token'; readonly token: string }
  | { readonly kind: 'api_token' | 'oauth_consumer'; readonly name: string; readonly value: string };

/** Recent app passwords begin like this. Older ones came with a user name, where API tokens need an e-mail address. */
const APP_PASSWORD = /^ATBB/;

/** Throws ProviderError `unauthenticated` if the secret cannot be a credential of that kind; quotes nothing of it. */
export function loginOf(secret: Secret, kind: Authentication): Login {
  const text = secret.reveal().trim();
  const colon = text.indexOf(':');
  const [name, value] = [text.slice(0, Math.max(0, colon)), text.slice(colon + 1)];
  if (APP_PASSWORD.test(value)) throw appPassword('The secret is an app password');
  if (kind === 'access_token') {
    if (text !== '' && colon < 0) return { kind, token: text };
    throw malformed('an access token has no name in front of it; see config.authentication');
  }
  if (name === '' || value === '') throw malformed(`${kind} must be two parts with a colon between them`);
  if (kind === 'api_token' && !name.includes('@')) {
    throw appPassword('The secret has a user name before the colon, as app passwords had');
  }
  return { kind, name, value };
}

export function basic({ name, value }: { readonly name: string; readonly value: string }): string {
  return `Basic ${Buffer.from(`${name}:${value}`).toString('base64')}`;
}

function appPassword(what: string): ProviderError {
  const instead = 'use an API token with the e-mail address of its account, or an access token';
  const message = `${what}, which Bitbucket has not accepted since 2026: ${instead}`;
  return new ProviderError('unauthenticated', message, { probeCode: 'credential_disabled' });
}

function malformed(why: string): ProviderError {
  return new ProviderError('unauthenticated', `The secret is not what config.authentication says: ${why}`);
}
