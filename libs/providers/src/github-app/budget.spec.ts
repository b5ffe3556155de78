import { ProviderError } from '@integrations/provider-kit';
import {
  APP_ID,
  APP_KEY,
  connect,
  HEAD_SHA,
  OWNER,
  REPOSITORY,
  startAcme,
} from '../../../../test/support/fake-github/connection';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { kindOf, pauseMs } from '../vendors/github/pacing';
import { budget } from './budget';
import { GitHubClient } from '../vendors/github/client';
import type { GitHubAppConfig } from './config';

const NOW = Date.parse('2026-01-01T00:00:00Z');

function budgetOf(config: Partial<GitHubAppConfig>, endpoint = 'https://api.github.com', owner = 'Octo') {
  return budget({ integrationId: 'i', tenantId: 't', endpoint, config: { appId: '1', ...config } }, owner);
}

describe('the budget of an installation', () => {
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
  ])('applies at %s: %s', (endpoint, applies) => {
    expect('content' in budgetOf({}, endpoint).limits).toBe(applies);
    expect('content' in budgetOf({ rateLimits: 'github.com' }, endpoint).limits).toBe(true);
    expect('content' in budgetOf({ rateLimits: 'none' }, endpoint).limits).toBe(false);
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
  ] as const)('%s %s counts as %s', (method, path, kind) => {
    expect(kindOf({ method, path })).toBe(kind);
  });
});

describe('the calls that remain of the hour', () => {
  const headers = { 'x-ratelimit-reset': String(NOW / 1_000 + 60), date: new Date(NOW).toUTCString() };

  it.each([
    ['51', 'core', null],
    ['50', 'core', 61_000],
    ['0', 'core', 61_000],
    ['0', 'graphql', null],
  ])('%s of %s: %s', (remaining, resource, ms) => {
    const seen = { ...headers, 'x-ratelimit-remaining': remaining, 'x-ratelimit-resource': resource };
    expect(pauseMs(seen, NOW)).toBe(ms);
  });

  it('are no matter where GitHub does not tell', () => {
    expect(pauseMs({}, NOW)).toBeNull();
    expect(pauseMs({ 'x-ratelimit-remaining': '3' }, NOW)).toBeNull();
  });
});

describe('a client with a gate', () => {
  const signal = new AbortController().signal;
  const scope = { owner: OWNER, repository: REPOSITORY, permission: 'statuses' } as const;
  const read = { method: 'GET', path: `/repos/${OWNER}/${REPOSITORY}/commits/${HEAD_SHA}/status` } as const;
  const write = {
    method: 'POST',
    path: `/repos/${OWNER}/${REPOSITORY}/statuses/${HEAD_SHA}`,
    body: { state: 'success' },
  } as const;

  it('asks before it writes, sends nothing when refused, and does not ask before it reads', async () => {
    const egress = loopbackEgress();
    const github = await startAcme();
    try {
      const { integration, deps } = connect(github, egress, {
        config: { appId: String(APP_ID) },
        privateKey: APP_KEY.privateKey,
      });
      const asked: string[] = [];
      let refuses = true;
      const spend = async (kind: string) => {
        asked.push(kind);
        if (refuses) throw new ProviderError('rate_limited', 'not now', { retryAfterMs: 7 });
      };
      const client = new GitHubClient(integration, { ...deps, gate: { spend, hold: () => undefined } });

      await client.asInstallation(scope, read, signal);
      const refused = client.asInstallation(scope, write, signal);
      await expect(refused).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 7 });
      expect(github.requests.filter(({ path }) => path.includes('/statuses/'))).toEqual([]);
      refuses = false;
      await client.asInstallation(scope, write, signal);
      expect(asked).toEqual(['write', 'write']);
      expect(github.requests.filter(({ path }) => path.includes('/statuses/'))).toHaveLength(1);
    } finally {
      await Promise.all([egress.close(), github.stop()]);
    }
  });
});
