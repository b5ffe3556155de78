import type { ReplayedView } from '@integrations/contracts';
import { useState } from 'react';
import { useMay } from '../../session/session-context';
import { useAsked } from '../../session/use-asked';
import { Problem } from '../../ui/problem';
import { ConfirmReplay } from './confirm-replay';
import type { ParkedFilter } from './parked-filter';
import { ReplayDone } from './replay-done';
import { useBundle } from './use-parked';

interface ParkedActionsProps {
  readonly filter: ParkedFilter;
  /** The number of operations in words; null while unknown. */
  readonly count: string | null;
}

/** Actions on all parked operations that match the filter. */
export function ParkedActions({ filter, count }: ParkedActionsProps) {
  const mayWrite = useMay('annotations:write');
  const bundle = useBundle(filter);
  const [asking, setAsking] = useAsked<true>('replay');
  const [done, setDone] = useState<ReplayedView | null>(null);
  const ask = () => {
    setDone(null);
    setAsking(true);
  };
  const download = () => void bundle.refetch({ cancelRefetch: false });
  const close = () => setAsking(null);
  return (
    <>
      {done && <ReplayDone replayed={done} onAgain={ask} onClose={() => setDone(null)} />}
      <div className="head">
        <span role="status">{count !== null && `${count} parked`}</span>
        <div className="actions">
          <button type="button" disabled={count === '0'} aria-disabled={bundle.isFetching} onClick={download}>
            {bundle.isFetching ? 'Downloading …' : 'Download'}
          </button>
          {mayWrite && (
            <button type="button" className="primary" disabled={count === '0'} onClick={ask}>
              Replay
            </button>
          )}
        </div>
      </div>
      {bundle.error && <Problem error={bundle.error} />}
      {asking && <ConfirmReplay filter={filter} count={count} onReplayed={setDone} onClose={close} />}
    </>
  );
}
