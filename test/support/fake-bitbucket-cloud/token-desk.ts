import { randomBytes } from 'node:crypto';
import { type Answer, HttpAnswer } from '../fake-vendor/answer.ts';
import type { LoggedRequest } from '../fake-vendor/faults.ts';
import { refusal } from './answer.ts';
import type { FakeToken } from './world.ts';

const LIVES_S = 7_200;

/** The valid credentials and their owners. */
export class TokenDesk {
  /** By access token, by `email:token`, or by `key:secret` of an OAuth consumer. */
  readonly #known = new Map<string, FakeToken>();
  readonly #minted = new Map<string, FakeToken>();
  /** All access tokens issued since the start. */
  readonly issued: string[] = [];

  know(credentials: Readonly<Record<string, FakeToken>>): void {
    this.#known.clear();
    for (const [credential, token] of Object.entries(credentials)) this.#known.set(credential, token);
  }

  /** The credential must be known. */
  get(credential: string): FakeToken {
    return this.#known.get(credential)!;
  }

  /** Revokes the issued access tokens. */
  revokeMinted(): void {
    this.#minted.clear();
  }

  tokenOf({ headers }: LoggedRequest): FakeToken {
    const { scheme, value } = presented(headers['authorization']);
    const found = scheme === 'Basic' ? this.#known.get(value) : (this.#minted.get(value) ?? this.#known.get(value));
    const isFitting = scheme === 'Basic' ? found?.kind === 'api_token' : found && found.kind !== 'api_token';
    if (found && isFitting && !(this.#known.get(value)?.kind === 'oauth2')) return found;
    throw refusal(401, 'Token is invalid, expired, or not supported for this endpoint.');
  }

  /** The client credentials grant. https://developer.atlassian.com/cloud/bitbucket/oauth-2/ */
  mint({ method, headers }: LoggedRequest, raw: string): Answer {
    const { scheme, value } = presented(headers['authorization']);
    const consumer = this.#known.get(value);
    if (method !== 'POST' || new URLSearchParams(raw).get('grant_type') !== 'client_credentials') {
      throw new HttpAnswer(400, {
        error: 'unsupported_grant_type',
        error_description: 'The grant type is unsupported',
      });
    }
    if (scheme !== 'Basic' || consumer?.kind !== 'oauth2') {
      throw new HttpAnswer(400, {
        ...{ error: 'unauthorized_client', error_description: 'Invalid OAuth client credentials' },
      });
    }
    const access_token = randomBytes(32).toString('base64url');
    this.#minted.set(access_token, consumer);
    this.issued.push(access_token);
    const scopes = consumer.scopes.join(' ');
    return { status: 200, body: { access_token, scopes, expires_in: LIVES_S, token_type: 'bearer' } };
  }
}

function presented(header: string | string[] | undefined): { readonly scheme: string; readonly value: string } {
  const [, scheme = '', value = ''] = /^(Basic|Bearer) (.+)$/.exec(String(header ?? '')) ?? [];
  return { scheme, value: scheme === 'Basic' ? Buffer.from(value, 'base64').toString() : value };
}
