import { rateLimitQuota } from './rate-limit-quota';

const quotaOf = (limit: string, remaining: string, reset: string) =>
  rateLimitQuota(
    { 'ratelimit-limit': limit, 'ratelimit-remaining': remaining, 'ratelimit-reset': reset },
    'ratelimit-',
  );

describe('rateLimitQuota', () => {
  it('reads limit, remaining calls and reset time', () => {
    expect(quotaOf('200', '199', '1767225600')).toEqual({
      quota: { limit: 200, remaining: 199, resetAt: '2026-01-01T00:00:00.000Z' },
    });
  });

  it('ignores a reset in seconds from now, which would read as a time in 1970', () => {
    expect(quotaOf('200', '199', '42')).toEqual({ quota: { limit: 200, remaining: 199, resetAt: undefined } });
  });

  it('is empty without usable headers', () => {
    expect(rateLimitQuota({}, 'x-ratelimit-')).toEqual({});
    expect(quotaOf('many', '1', '1767225600')).toEqual({});
  });
});
