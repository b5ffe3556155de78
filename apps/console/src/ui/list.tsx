import type { ReactNode } from 'react';
import type { Paged } from '../api/paged';
import { amountOf } from './amount';
import { Problem } from './problem';

interface ListProps<T> {
  readonly list: Paged<T>;
  /** What is said where there is nothing. */
  readonly empty: string;
  /** Shows what there is. */
  readonly children: (items: readonly T[]) => ReactNode;
}

/**
 * A list page by page, and below it, said aloud too, what it waits for or how much there is, and the way on. Why it failed stands above,
 * where it is seen though the list is long; what was there before is shown still.
 */
export function List<T>({ list, empty, children }: ListProps<T>) {
  return (
    <>
      <div aria-busy={list.outdated}>
        {list.error && !list.moreFailed && <Problem error={list.error} onRetry={list.retry} />}
        {list.items.length > 0 && children(list.items)}
      </div>
      <Foot list={list} empty={empty} />
    </>
  );
}

/** Has the focus where the button was, once there is no more to show. */
function Foot({ list, empty }: { list: Paged<unknown>; empty: string }) {
  return (
    <div tabIndex={-1}>
      <p role="status" className="quiet">
        {amountOf(list, empty)}
      </p>
      {list.moreFailed && list.error && <Problem error={list.error} onRetry={list.retry} />}
      {list.hasMore && !list.moreFailed && (
        <button type="button" onClick={list.loadMore} aria-disabled={list.loadingMore}>
          {list.loadingMore ? 'Loading …' : 'Show more'}
        </button>
      )}
    </div>
  );
}
