import { ApiProblem } from './problem';
import { whileFailing } from './query-client';

const interval = (error: Error | null) => whileFailing({ state: { error } } as Parameters<typeof whileFailing>[0]);
const tooMany = (retryAfterSeconds: number | null) =>
  new ApiProblem(429, 'Too many', 'wait', 'rate_limited', [], { retryAfterSeconds });

describe('what failed is asked for again', () => {
  it.each([
    ['never while all is well', null, false],
    ['soon where the server is away', new ApiProblem(0, 'No answer', 'away'), 10_000],
    ['soon where the service is', new ApiProblem(503, 'Unavailable', 'away', 'offline'), 10_000],
    ['as late as the API says where it was too much', tooMany(42), 42_000],
    ['not at once, whatever it says', tooMany(1), 10_000],
    ['never where asking again changes nothing', new ApiProblem(403, 'Forbidden', 'scope'), false],
    ['never of a vendor', new ApiProblem(504, 'Timeout', 'vendor', 'timeout'), false],
  ])('%s', (_when, error, expected) => {
    expect(interval(error)).toBe(expected);
  });
});
