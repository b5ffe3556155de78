import { MutationObserver, QueryObserver } from '@tanstack/react-query';
import { ApiProblem } from './problem';
import { queryClient, whileFailing } from './query-client';

const interval = (error: Error | null) => whileFailing({ state: { error } } as Parameters<typeof whileFailing>[0]);
const tooMany = (retryAfterSeconds: number | null) =>
  new ApiProblem(429, 'Too many', 'wait', 'rate_limited', [], { retryAfterSeconds });

describe('a query', () => {
  it.each([
    ['never while it succeeds', null, false],
    ['soon when the server cannot be reached', new ApiProblem(0, 'No answer', 'away'), 10_000],
    ['soon when the service is unavailable', new ApiProblem(503, 'Unavailable', 'away', 'offline'), 10_000],
    ['only after the time that the API asks for when rate limited', tooMany(42), 42_000],
    ['not immediately, whatever time the API asks for', tooMany(1), 10_000],
    ['never when asking again cannot help', new ApiProblem(403, 'Forbidden', 'scope'), false],
    ['never when a vendor timed out', new ApiProblem(504, 'Timeout', 'vendor', 'timeout'), false],
  ])('is polled again %s', (_when, error, expected) => {
    expect(interval(error)).toBe(expected);
  });
});

describe('after a change', () => {
  afterEach(() => queryClient.clear());

  it.each([
    ['the data shown', 'shown'],
    ['data requested for the first time', undefined],
  ])('%s is fetched again, and an older answer is ignored', async (_what, initialData) => {
    const before = Promise.withResolvers<string>();
    const queryFn = jest.fn(() => Promise.resolve('after')).mockReturnValueOnce(before.promise);
    const observer = new QueryObserver(queryClient, { queryKey: ['/list'], queryFn, initialData, staleTime: 0 });
    const answered = Promise.withResolvers<unknown>();
    const leave = observer.subscribe(({ data, isFetching }) => void (data && !isFetching && answered.resolve(data)));
    await new MutationObserver(queryClient, { mutationFn: () => Promise.resolve() }).mutate();
    before.resolve('before');
    expect(await answered.promise).toBe('after');
    expect(queryFn).toHaveBeenCalledTimes(2);
    leave();
  });
});
