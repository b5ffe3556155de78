import type { IntegrationView } from '@integrations/contracts';
import { Time } from '../../ui/time';

interface MaintenanceWindowProps {
  readonly of: NonNullable<IntegrationView['maintenance']>;
}

/** When it ends, and what for it is. */
export function MaintenanceWindow({ of: { until, reason } }: MaintenanceWindowProps) {
  return (
    <>
      Maintenance ends <Time at={until} />
      {reason && `: ${reason}`}
    </>
  );
}
