import { hostOf, normaliseEndpoint } from './endpoint';

describe('normaliseEndpoint', () => {
  it.each([
    ['https://API.GitHub.com/', 'https://api.github.com'],
    ['https://ghe.example.com:443/api/v3///', 'https://ghe.example.com/api/v3'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
    ['https://git.example.com/a/../b', 'https://git.example.com/b'],
  ])('stores %s as %s', (given, stored) => {
    expect(normaliseEndpoint(given)).toEqual({ ok: true, value: stored });
  });

  it.each([
    ['https://user@host', 'user or password'],
    ['https://user:hunter2@host', 'user or password'],
    ['https://host/?token=hunter2', 'query'],
    ['https://host/?', 'query'],
    ['https://host/#hunter2', 'fragment'],
    ['https://host/#', 'fragment'],
    ['no url', 'must be a URL'],
    [`https://host/${'é'.repeat(82)}`, 'at most 500 characters'],
  ])('refuses %s, naming the field but not the value', (given, why) => {
    const refused = normaliseEndpoint(given);
    expect(refused).toEqual({ ok: false, errors: [{ field: 'endpoint', message: expect.stringContaining(why) }] });
    expect(JSON.stringify(refused)).not.toContain('hunter2');
  });
});

it('hostOf returns the host of an endpoint, for events', () => {
  expect(hostOf('https://ghe.example.com:8443/api/v3')).toBe('ghe.example.com:8443');
  expect(hostOf('memory://local')).toBe('local');
});
