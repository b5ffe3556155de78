import type { CommitState, ScmStatusRequest, ScmStatusResponse, Truncation } from '@integrations/contracts';
import { type AnnotationContext, truncateLine } from '@integrations/provider-kit';
import { webUrlOf } from './addresses';
import type { BitbucketClient } from './client';
import { keyOf } from './keys';
import { MAX_STATUS_TEXT } from './limits';
import { RepositoryClient, type Write } from './repository';

/** The states of a build status; a fourth, STOPPED, has no counterpart. */
const STATES: Readonly<Record<CommitState, string>> = {
  pending: 'INPROGRESS',
  success: 'SUCCESSFUL',
  failure: 'FAILED',
  error: 'FAILED',
};

/** A build status as it is sent, and the fields we use of one that is there. */
interface Status {
  readonly key: string;
  readonly state: string;
  readonly name: string;
  readonly url: string;
  readonly description?: string;
}

/** Sets a build status, unless the one of that key already says so. */
export async function postStatus(
  client: BitbucketClient,
  request: ScmStatusRequest,
  { signal }: AnnotationContext,
): Promise<ScmStatusResponse> {
  const repository = new RepositoryClient(client, request, signal);
  const { status, truncated } = statusOf(client, request);
  const { key, url } = status;
  const current = await repository.find<Status>(`${statusesPath(request)}/${key}`);
  const isSame = current !== null && says(current, status);
  if (!isSame) await repository.write(statusWrite(request, status));
  const { state, context } = request;
  const outcome = isSame ? 'unchanged' : current ? 'updated' : 'created';
  return { outcome, statusId: key, url, state, context, truncated };
}

/** A status as it is sent; Bitbucket wants a link in any case. */
export function statusOf(
  { web }: BitbucketClient,
  request: ScmStatusRequest,
): { status: Status; truncated: Truncation[] } {
  const { state, context, description = '', targetUrl, commitSha } = request;
  const cut = truncateLine(description, { field: 'description', max: MAX_STATUS_TEXT, unit: 'characters' });
  return {
    status: {
      ...{ key: keyOf('status', context), state: STATES[state], name: context },
      url: targetUrl ?? `${webUrlOf(web, request)}/commits/${commitSha}`,
      ...(cut.text ? { description: cut.text } : {}),
    },
    truncated: cut.truncation ? [cut.truncation] : [],
  };
}

/** It takes the place of one with the same key. */
export function statusWrite(request: ScmStatusRequest, status: Status): Write {
  return { method: 'POST', path: statusesPath(request), body: status };
}

function statusesPath({ commitSha }: ScmStatusRequest): string {
  return `/commit/${commitSha}/statuses/build`;
}

function says(current: Status, { state, name, url, description }: Status): boolean {
  const isSameText = (current.description || '') === (description ?? '');
  return current.state === state && current.name === name && current.url === url && isSameText;
}
