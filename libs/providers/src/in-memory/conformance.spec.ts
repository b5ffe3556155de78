import { ScmCheckRunRequest, ScmCommentRequest, ScmStatusRequest } from '@integrations/contracts';
import { describeProviderConformance } from '../../../../test/support/conformance';
import { Memory } from './memory';
import { createInMemoryPlugin } from './plugin';

const TARGET = { owner: 'acme', repository: 'shop' };
const SHA = 'a'.repeat(40);
let memory = new Memory();

describeProviderConformance({
  createPlugin: () => createInMemoryPlugin((memory = new Memory())),
  config: { latencyMs: 1, requireCredential: true, pullRequest: { headSha: SHA } },
  credential: 'in-memory-credential-0123456789',
  requests: {
    comment: Object.assign(new ScmCommentRequest(), { ...TARGET, pullRequestNumber: 1, body: 'All good.' }),
    status: Object.assign(new ScmStatusRequest(), { ...TARGET, commitSha: SHA, state: 'success', context: 'scan' }),
    check_run: Object.assign(new ScmCheckRunRequest(), {
      ...TARGET,
      headSha: SHA,
      name: 'scan',
      conclusion: 'failure',
      annotations: [{ path: 'a.ts', startLine: 1, endLine: 2, annotationLevel: 'warning', message: 'Look here.' }],
    }),
    inline_comments: {
      ...{ ...TARGET, pullRequestNumber: 1, headSha: SHA, outdated: 'resolve' },
      comments: [1, 2].map((line) => ({
        ...{ fingerprint: `f${line}`, path: 'a.ts', startLine: line, endLine: line, body: 'Look here.' },
      })),
    },
    pull_request: { ...TARGET, pullRequestNumber: 1 },
  },
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
