import { FakeRegistry } from '../../../../../test/support/fake-registry';
import { type Answer, HttpAnswer } from '../../../../../test/support/fake-vendor/answer';
import type { LoggedRequest } from '../../../../../test/support/fake-vendor/faults';

export const USER = 'mona';
export const SECRET = 'a-password-0123456789-abcdefghij';
export const REPOSITORY = 'team/app';
export const TAG = 'stable';

export interface NexusState {
  isReadable: boolean;
  isWritable: boolean;
}

export interface FakeNexus {
  readonly registry: FakeRegistry;
  readonly state: NexusState;
}

/**
 * Nexus on the port of a connector, with its API on the same port. It serves a group of repositories, whose lists lack
 * the link to the next page: https://github.com/sonatype/nexus-public/issues/117
 */
export async function startNexus(): Promise<FakeNexus> {
  const state: NexusState = { isReadable: true, isWritable: true };
  const registry = await FakeRegistry.start({
    ...{ auth: 'basic', users: { [USER]: SECRET }, headers: { server: 'Nexus/3.70.1-02 (OSS)' }, hasLinks: false },
    grants: (_user, type) => (type === 'registry' ? ['*'] : ['pull']),
    api: (request) => api(request, state),
  });
  for (const name of [REPOSITORY, 'team/tools', 'alpine']) registry.repository(name).push(TAG);
  return { registry, state };
}

function api({ path, headers }: LoggedRequest, { isReadable, isWritable }: NexusState): Answer | null {
  if (!path.startsWith('/service/')) return null;
  if (headers['authorization'] !== undefined) throw new HttpAnswer(500, 'the status needs no credential');
  if (path === '/service/rest/v1/status') return { status: isReadable ? 200 : 503 };
  if (path === '/service/rest/v1/status/writable') return { status: isWritable ? 200 : 503 };
  throw new HttpAnswer(500, `unexpected: ${path}`);
}
