import { validate } from '@integrations/contracts';
import { GitHubAppConfig } from './config';

describe('GitHubAppConfig', () => {
  it.each([
    ['a number', 4711, '4711'],
    ['a number as text', '4711', '4711'],
    ['a client id', 'Iv23liAbCdEf', 'Iv23liAbCdEf'],
    ['an older client id', 'Iv1.0123456789abcdef', 'Iv1.0123456789abcdef'],
  ])('accepts %s as appId', (_, appId, expected) => {
    expect(validate(GitHubAppConfig, { appId })).toMatchObject({ ok: true, value: { appId: expected } });
  });

  it.each([undefined, null, '', 0, -1, 1.5, 'my-app', '04711', {}, ['4711'], true])('refuses %j as appId', (appId) => {
    const checked = validate(GitHubAppConfig, { appId });

    expect(checked.ok ? [] : checked.errors.map(({ field }) => field)).toEqual(['appId']);
  });

  it.each([0, -1, 1.5, '42', Number.MAX_SAFE_INTEGER + 1])('refuses %j as installationId', (installationId) => {
    const checked = validate(GitHubAppConfig, { appId: 1, installationId });

    expect(new Set(checked.ok ? [] : checked.errors.map(({ field }) => field))).toEqual(new Set(['installationId']));
  });

  it('refuses a malformed certificate, and unknown fields', () => {
    const checked = validate(GitHubAppConfig, { appId: 1, caBundle: 'secret', privateKey: 'secret' });

    expect(checked.ok ? [] : checked.errors.map(({ field }) => field).sort()).toEqual(['caBundle', 'privateKey']);
    expect(JSON.stringify(checked)).not.toContain('secret');
  });
});
