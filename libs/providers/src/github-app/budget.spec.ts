import { type CallGate, type EgressClient, ProviderError } from '@integrations/provider-kit';
import {
  APP_ID,
  APP_KEY,
  connect,
  HEAD_SHA,
  OWNER,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-github/connection';
import type { FakeGitHub } from '../../../../test/support/fake-github/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { kindOf, pauseAfter } from '../vendors/github/pacing';
import { budget } from './budget';
import { GitHubClient } from '../vendors/github/client';
import type { GitHubAppConfig } from './config';

const NOW = Date.parse('2026-01-01T00:00:00Z');

function budgetOf(config: Partial<GitHubAppConfig>, endpoint = 'https://api.github.com', owner = 'Octo') {
  return budget({ integrationId: 'i', tenantId: 't', endpoint, config: { appId: '1', ...config } }, owner);
}

describe('The budget of an installation', () => {
  it('is shared by all integrations that post through it', () => {
    expect(budgetOf({ installationId: 5 })).toEqual(budgetOf({ installationId: 5 }, undefined, 'other'));
    expect(budgetOf({}).account).toEqual(budgetOf({}, undefined, 'OCTO').account);
    expect(budgetOf({}).account).not.toEqual(budgetOf({}, undefined, 'other').account);
    expect(budgetOf({ installationId: 5 }).account).not.toEqual(budgetOf({ installationId: 6 }).account);
    expect(budgetOf({}).account).not.toEqual(budgetOf({ appId: '2' }).account);
  });

  it.each([
    ['https://api.github.com', true],
    ['https://api.acme.ghe.com', true],
    ['https://ghe.example.com/api/v3', false],
    ['https://api.github.com.evil.example', false],
  ])('limits content at %s: %s', (endpoint, applies) => {
    expect('content' in budgetOf({}, endpoint).limits).toBe(applies);
    expect('content' in budgetOf({ rateLimits: 'github.com' }, endpoint).limits).toBe(true);
    expect('content' in budgetOf({ rateLimits: 'none' }, endpoint).limits).toBe(false);
  });

  // https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
  it('stays within what GitHub allows, where a write costs 5 points', () => {
    const { limits, apart } = budgetOf({});
    const perMinute = (kind: string) => limits[kind]!.find(({ perMs }) => perMs === 60_000)!.max;
    expect(perMinute('content')).toBeLessThanOrEqual(80);
    expect(limits['content']).toContainEqual({ max: 500, perMs: 3_600_000 });
    expect(5 * (perMinute('content') + perMinute('write'))).toBeLessThanOrEqual(900);
    expect(5 * perMinute('graphql')).toBeLessThanOrEqual(2_000);
    expect(apart).toEqual(['graphql']);
  });

  it.each([
    ['POST', '/repos/o/r/issues/1/comments', 'content'],
    ['POST', '/repos/o/r/pulls/1/comments', 'content'],
    ['POST', '/repos/o/r/pulls/1/comments/2/replies', 'content'],
    ['POST', '/repos/o/r/pulls/1/reviews', 'content'],
    ['PATCH', '/repos/o/r/issues/comments/1', 'write'],
    ['POST', '/repos/o/r/statuses/abc', 'write'],
    ['POST', '/repos/o/r/check-runs', 'write'],
    ['PATCH', '/repos/o/comments/check-runs/1', 'write'],
    ['GET', '/repos/o/r/issues/1/comments', null],
    ['POST', '/graphql', 'graphql'],
  ] as const)('counts %s %s as %s', (method, path, kind) => {
    expect(kindOf({ method, path })).toBe(kind);
  });
});

describe('pauseAfter', () => {
  const headers = { 'x-ratelimit-reset': String(NOW / 1_000 + 60), date: new Date(NOW).toUTCString() };

  it.each([
    ['51', 'core', null],
    ['50', 'core', { ms: 61_000 }],
    ['0', 'core', { ms: 61_000 }],
    ['51', 'graphql', null],
    ['50', 'graphql', { ms: 61_000, kind: 'graphql' }],
    ['0', 'search', null],
  ])('with %s calls left of %s: %j', (remaining, resource, pause) => {
    const seen = { ...headers, 'x-ratelimit-remaining': remaining, 'x-ratelimit-resource': resource };
    expect(pauseAfter(seen, NOW)).toEqual(pause);
  });

  it('returns null if GitHub does not report the remaining calls', () => {
    expect(pauseAfter({}, NOW)).toBeNull();
    expect(pauseAfter({ 'x-ratelimit-remaining': '3' }, NOW)).toBeNull();
  });
});

describe('A client with a gate', () => {
  let egress: EgressClient;
  let github: FakeGitHub;
  const clientWith = (gate: CallGate) => {
    const config = { appId: String(APP_ID) };
    const { integration, deps } = connect(github, egress, { config, privateKey: APP_KEY.privateKey });
    return new GitHubClient(integration, { ...deps, gate });
  };
  beforeEach(async () => {
    egress = loopbackEgress();
    github = await startAcme();
  });
  afterEach(() => Promise.all([egress.close(), github.stop()]));

  const signal = new AbortController().signal;
  const scope = { owner: OWNER, repository: REPOSITORY, permission: 'statuses' } as const;
  const read = { method: 'GET', path: `/repos/${OWNER}/${REPOSITORY}/commits/${HEAD_SHA}/status` } as const;
  const write = {
    method: 'POST',
    path: `/repos/${OWNER}/${REPOSITORY}/statuses/${HEAD_SHA}`,
    body: { state: 'success' },
  } as const;

  it('asks the gate before writes, not reads, and sends nothing when refused', async () => {
    const asked: string[] = [];
    let refuses = true;
    const spend = async (kind: string) => {
      asked.push(kind);
      if (refuses) throw new ProviderError('rate_limited', 'not now', { retryAfterMs: 7 });
    };
    const client = clientWith({ spend, hold: () => undefined });

    await client.asInstallation(scope, read, signal);
    const refused = client.asInstallation(scope, write, signal);
    await expect(refused).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 7 });
    expect(github.requests.filter(({ path }) => path.includes('/statuses/'))).toEqual([]);
    refuses = false;
    await client.asInstallation(scope, write, signal);
    expect(asked).toEqual(['write', 'write']);
    expect(github.requests.filter(({ path }) => path.includes('/statuses/'))).toHaveLength(1);
  });

  it('pauses only GraphQL if only its hourly limit is used up', async () => {
    const hold = jest.fn();
    const client = clientWith({ spend: async () => undefined, hold });
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-resource': 'graphql', 'retry-after': '60' };
    const isGraphql = ({ path }: { path: string }) => path === '/graphql';
    github.inject({ when: isGraphql, processed: false, reply: { status: 403, headers } });

    const asked = client.asInstallation(scope, { method: 'POST', path: '/graphql', body: { query: '' } }, signal);
    await expect(asked).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 60_000 });
    await client.asInstallation(scope, write, signal);
    expect(hold.mock.calls).toEqual([[60_000, 'graphql']]);
  });
});
