import { pageOfOpen } from './paging-of-open';
import { ProviderError } from './provider-error';

const CLOSED = new ProviderError('permission_missing', 'closed');
const isClosed = (error: unknown): error is ProviderError => error === CLOSED;

describe('The page of lists of which some are closed', () => {
  /** One list per page. Lists without items are closed. */
  const page = (lists: readonly (readonly string[] | Error)[], cursor: string | null = null) =>
    pageOfOpen<string>(
      (opened) => async (query) => {
        const index = query.startsWith('n=') ? 0 : Number(query);
        const list = lists[index]!;
        const items = await opened(list instanceof Error ? Promise.reject(list) : Promise.resolve(list));
        return { items: items ?? [], next: index + 1 < lists.length ? String(index + 1) : null };
      },
      { limit: 10, cursor, q: null },
      (name) => name,
      isClosed,
    );
  const closed = (count: number) => Array.from({ length: count }, () => CLOSED);

  it('has what is in the others', async () => {
    expect(await page([['a'], CLOSED, ['b']])).toEqual({ items: ['a', 'b'], nextCursor: null });
  });

  it('is empty where nothing is in the others', async () => {
    expect(await page([CLOSED, []])).toEqual({ items: [], nextCursor: null });
  });

  it.each([1, 4, 5, 6, 23])('is the refusal where all %d are closed', async (count) => {
    await expect(page(closed(count))).rejects.toBe(CLOSED);
  });

  it('is that of the first one that is open, however many come before', async () => {
    expect((await page([...closed(23), ['a']])).items).toEqual(['a']);
  });

  it('is empty where a list goes on with closed ones alone', async () => {
    expect(await page([['a'], ...closed(7)], '1.0?1')).toMatchObject({ items: [], nextCursor: expect.any(String) });
  });

  it('is any other error', async () => {
    const other = new ProviderError('provider_unavailable', 'gone');
    await expect(page([['a'], other])).rejects.toBe(other);
  });
});
