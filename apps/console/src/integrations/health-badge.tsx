import type { IntegrationHealth } from '@integrations/contracts';
import { Badge } from '../ui/badge';
import { toneOf } from './words';

type Shown = Pick<IntegrationHealth, 'status' | 'stale' | 'flapping' | 'lastStatus' | 'message'>;

/** The health status in a word, with flapping and staleness. */
export function HealthBadge({ health }: { health: Shown }) {
  const { status, stale, flapping, lastStatus, message } = health;
  return (
    <Badge tone={toneOf(health)} title={message ?? undefined}>
      {status}
      {flapping && ', flapping'}
      {stale && `, stale (was ${lastStatus ?? 'unknown'})`}
    </Badge>
  );
}
