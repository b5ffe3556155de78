import { annotationRequests, describeProviderConformance } from '../../../../test/support/conformance';
import { Memory } from './memory';
import { createInMemoryPlugin } from './plugin';

const SHA = 'a'.repeat(40);
let memory = new Memory();

describeProviderConformance({
  createPlugin: () => createInMemoryPlugin((memory = new Memory())),
  config: { latencyMs: 1, requireCredential: true, pullRequest: { headSha: SHA } },
  credential: 'in-memory-credential-0123456789',
  requests: annotationRequests({ owner: 'acme', repository: 'shop', pullRequestNumber: 1, headSha: SHA }),
  vendor: {
    offline: {
      faults: {
        'answers 401': { failWith: 'unauthenticated' },
        'answers 403': { failWith: 'permission_missing' },
        'answers 404': { failWith: 'not_found_or_no_access' },
        'answers 429': { failWith: 'rate_limited' },
        'answers 503': { failWith: 'provider_unavailable' },
        'resets the connection': { failWith: 'network' },
        'breaks TLS': { failWith: 'tls' },
        'never answers': { latencyMs: 60_000 },
      },
      stored: () => memory.size,
    },
  },
});
