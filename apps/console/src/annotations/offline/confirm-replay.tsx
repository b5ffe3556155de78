import type { ReplayedView } from '@integrations/contracts';
import { callApi } from '../../api/call';
import { Confirm } from '../../ui/confirm';
import type { ParkedFilter } from './parked-filter';

interface ConfirmReplayProps {
  readonly filter: ParkedFilter;
  readonly count: string | null;
  readonly onReplayed: (replayed: ReplayedView) => void;
  readonly onClose: () => void;
}

export function ConfirmReplay({ filter, count, onReplayed, onClose }: ConfirmReplayProps) {
  const given = Object.entries(filter).filter(([, value]) => value !== '');
  // Also reported if the user has closed the dialog in the meantime: there may be more to replay.
  const replay = async () => {
    const call = { method: 'POST', body: Object.fromEntries(given) } as const;
    onReplayed(await callApi<ReplayedView>('/annotations/offline/replay', call));
  };
  return (
    <Confirm title="Replay" act="Replay" onConfirm={replay} onClose={onClose}>
      <p>
        {given.length === 0 ? 'All parked operations' : 'All parked operations that match the filters'}
        {count !== null && ` (${count})`} are posted now, in the order in which they were accepted.
      </p>
      <p>
        Operations that a newer one has replaced end as superseded. Operations of integrations whose posting is still
        offline are parked again.
      </p>
    </Confirm>
  );
}
