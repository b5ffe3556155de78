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

/** Whom Bitbucket takes us for. */
export interface Identity {
  /** Null where it does not tell: access tokens mostly lack the scope for asking. */
  readonly account: Account | null;
  /** As Bitbucket calls them, two families of names; null if it does not tell. */
  readonly scopes: readonly string[] | null;
  /** What kind of credential it sees; null if it does not tell. */
  readonly kind: string | null;
  /** Less than a fifth of the hour's requests is left. */
  readonly isNearLimit: boolean;
}

const USER: ApiRequest = { method: 'GET', path: '/user' };
const KNOWN_KINDS = /^[a-z0-9_]{1,40}$/;

/** One call, which also proves that the credential is taken. */
export async function readIdentity(client: BitbucketClient, signal: AbortSignal): Promise<Identity> {
  const response = await client.ask(USER, signal);
  const { headers } = response;
  const scopes = headers['x-oauth-scopes']?.split(/[\s,]+/).filter((scope) => /^[a-z:_-]{1,60}$/.test(scope));
  const kind = headers['x-credential-type'];
  const told = {
    scopes: scopes && scopes.length > 0 ? scopes : null,
    kind: kind !== undefined && KNOWN_KINDS.test(kind) ? kind : null,
    isNearLimit: headers['x-ratelimit-nearlimit']?.toLowerCase() === 'true',
  };
  if (client.config.authentication === 'access_token' && isForWantOfScope(response)) return { account: null, ...told };
  const account = client.dataOf(USER, response) as Account;
  if (typeof account.uuid !== 'string') throw unreadable('GET /user');
  return { account, ...told };
}

/**
 * Whether we wrote something, by the author's UUID. Of an access token that may not ask for its account we know that it
 * writes as an app, which nobody can who only may comment: with our marker beside, that is sign enough.
 */
export async function ownAuthor(
  client: BitbucketClient,
  signal: AbortSignal,
): Promise<(author: Account | null | undefined) => boolean> {
  const look = async (looking: AbortSignal) => (await readIdentity(client, looking)).account?.uuid ?? '';
  const self = await client.kept('account', look, signal);
  return (author) => (self === '' ? author?.type === 'app_user' : author?.uuid === self);
}

/** Bitbucket's own word, and not that of something between. */
function isForWantOfScope(response: EgressResponse): boolean {
  return response.status === 403 && /"required"\s*:\s*\[[^\]]*"account"/.test(beginningOf(response));
}
