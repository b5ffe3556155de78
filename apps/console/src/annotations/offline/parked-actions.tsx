import { useRef, useState } from 'react';
import { useMay } from '../../session/session-context';
import { Problem } from '../../ui/problem';
import { ConfirmReplay } from './confirm-replay';
import type { ParkedFilter, Replayed } from './parked-payload';
import { ReplayDone } from './replay-done';
import { useBundle } from './use-parked';

interface ParkedActionsProps {
  readonly filter: ParkedFilter;
  /** In words; null while it is not known. */
  readonly count: string | null;
}

/** What is done with all that matches. */
export function ParkedActions({ filter, count }: ParkedActionsProps) {
  const mayWrite = useMay('annotations:write');
  const bundle = useBundle(filter);
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState<Replayed | null>(null);
  const replayed = useRef<Replayed | null>(null);
  const ask = () => {
    replayed.current = null;
    setDone(null);
    setAsking(true);
  };
  const close = () => {
    setAsking(false);
    setDone(replayed.current);
  };
  return (
    <>
      {done && <ReplayDone replayed={done} onAgain={ask} onClose={() => setDone(null)} />}
      <div className="head">
        <span>{count !== null && count !== '0' && `${count} parked`}</span>
        <div className="actions">
          <button type="button" disabled={bundle.isFetching || count === '0'} onClick={() => void bundle.refetch()}>
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
      {asking && (
        <ConfirmReplay
          filter={filter}
          count={count}
          onReplayed={(result) => {
            replayed.current = result;
          }}
          onClose={close}
        />
      )}
    </>
  );
}
