import { MutationObserver, QueryObserver } from '@tanstack/react-query';
import { ApiProblem } from './problem';
import { queryClient, whileFailing } from './query-client';

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

describe('after a change', () => {
  afterEach(() => queryClient.clear());

  it.each([
    ['what is shown', 'shown'],
    ['what was on its way for the first time', undefined],
  ])('%s is asked for anew, whatever an answer from before says', async (_what, initialData) => {
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
