import { registryQuota } from './quota';

describe('registryQuota', () => {
  it.each([
    ['100;w=21600', '76;w=21600', { limit: 100, remaining: 76 }],
    ['200', ' 0 ', { limit: 200, remaining: 0 }],
    ['100;w=21600', undefined, undefined],
    ['unlimited', '5', undefined],
    ['-1', '5', undefined],
  ])('reads a limit of %s with %s remaining', (limit, remaining, quota) => {
    const headers = {
      'ratelimit-limit': limit,
      ...(remaining === undefined ? {} : { 'ratelimit-remaining': remaining }),
    };
    expect(registryQuota(headers)).toEqual(quota);
  });
});
