import { beginningOf, type EgressResponse } from '@integrations/provider-kit';
import type { BitbucketClient } from './client';
import { unreadable } from './errors';
import type { ApiRequest } from './transport';

/** The fields we use of an account, which may be a person, an app or a workspace. */
export interface Account {
  readonly type?: string;
  readonly uuid?: string;
  readonly display_name?: string;
}

/** Our identity at Bitbucket. */
export interface Identity {
  /** Null if Bitbucket does not report it: most access tokens lack the scope for reading their account. */
  readonly account: Account | null;
  /** Under Bitbucket's names, of which there are two families; null if it does not report them. */
  readonly scopes: readonly string[] | null;
  /** The kind of credential that Bitbucket sees; null if it does not report it. */
  readonly kind: string | null;
  /** True if less than a fifth of the hour's requests is left. */
  readonly isNearLimit: boolean;
}

const USER: ApiRequest = { method: 'GET', path: '/user' };
const KNOWN_KINDS = /^[a-z0-9_]{1,40}$/;

/** One call, which also proves that Bitbucket accepts the credential. */
export async function readIdentity(client: BitbucketClient, signal: AbortSignal): Promise<Identity> {
  const response = await client.ask(USER, signal);
  const { headers } = response;
  const scopes = headers['x-oauth-scopes']?.split(/[\s,]+/).filter((scope) => /^[a-z:_-]{1,60}$/.test(scope));
  const kind = headers['x-credential-type'];
  const facts = {
    scopes: scopes && scopes.length > 0 ? scopes : null,
    kind: kind !== undefined && KNOWN_KINDS.test(kind) ? kind : null,
    isNearLimit: headers['x-ratelimit-nearlimit']?.toLowerCase() === 'true',
  };
  if (client.config.authentication === 'access_token' && lacksScope(response)) return { account: null, ...facts };
  const account = client.dataOf(USER, response) as Account;
  if (typeof account.uuid !== 'string') throw unreadable('GET /user');
  return { account, ...facts };
}

/**
 * A test for comments of ours, by the author's UUID. An access token that may not read its account writes as an app
 * user. People who may only comment cannot do that, so an app user together with our marker identifies us.
 */
export async function ownAuthor(
  client: BitbucketClient,
  signal: AbortSignal,
): Promise<(author: Account | null | undefined) => boolean> {
  const lookUp = async (lookupSignal: AbortSignal) => (await readIdentity(client, lookupSignal)).account?.uuid ?? '';
  const self = await client.kept('account', lookUp, signal);
  return (author) => (self === '' ? author?.type === 'app_user' : author?.uuid === self);
}

/** True if Bitbucket itself, not a proxy, says that the scope is missing. */
function lacksScope(response: EgressResponse): boolean {
  return response.status === 403 && /"required"\s*:\s*\[[^\]]*"account"/.test(beginningOf(response));
}
