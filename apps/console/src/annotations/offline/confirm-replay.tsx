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
  // Told also to whoever closes the window meanwhile: there may be more to replay.
  const replay = async () => {
    const call = { method: 'POST', body: Object.fromEntries(given) } as const;
    onReplayed(await callApi<ReplayedView>('/annotations/offline/replay', call));
  };
  return (
    <Confirm title="Replay" act="Replay" onConfirm={replay} onClose={onClose}>
      <p>
        {given.length === 0 ? 'Everything that is parked' : 'Everything that is parked and matches the filters'}
        {count !== null && ` (${count})`} is posted now, in the order in which it was accepted.
      </p>
      <p>
        What something newer took the place of ends as superseded. What is still not to be posted, because posting is
        off, is parked again.
      </p>
    </Confirm>
  );
}
