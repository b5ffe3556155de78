import type { ScmOperationView } from '@integrations/contracts';
import { Badge } from '../ui/badge';
import { STATE_NAMES, STATE_TONES } from './words';

export function StateBadge({ of: { state, ending } }: { of: Pick<ScmOperationView, 'state' | 'ending'> }) {
  return (
    <Badge
      tone={STATE_TONES[state]}
      title={ending ? `Ends as ${ending} once the check run that it left unfinished is concluded.` : undefined}
    >
      {STATE_NAMES[state]}
      {ending && `, ends as ${ending}`}
    </Badge>
  );
}
