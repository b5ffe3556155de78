import { pageOfOpen } from './paging-of-open';
import { ProviderError } from './provider-error';

const CLOSED = new ProviderError('permission_missing', 'closed');
const isClosed = (error: unknown): error is ProviderError => error === CLOSED;

describe('pageOfOpen', () => {
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

  it('returns the items of the accessible lists', async () => {
    expect(await page([['a'], CLOSED, ['b']])).toEqual({ items: ['a', 'b'], nextCursor: null });
  });

  it('is empty if the accessible lists are empty', async () => {
    expect(await page([CLOSED, []])).toEqual({ items: [], nextCursor: null });
  });

  it.each([1, 4, 5, 6, 23])('rejects with the refusal if all %d lists are closed', async (count) => {
    await expect(page(closed(count))).rejects.toBe(CLOSED);
  });

  it('reads on to the first accessible list, however many closed ones come before', async () => {
    expect((await page([...closed(23), ['a']])).items).toEqual(['a']);
  });

  it('is empty if only closed lists follow within one page', async () => {
    expect(await page([['a'], ...closed(7)], '1.0?1')).toMatchObject({ items: [], nextCursor: expect.any(String) });
  });

  it('rejects with any other error', async () => {
    const other = new ProviderError('provider_unavailable', 'gone');
    await expect(page([['a'], other])).rejects.toBe(other);
  });
});
