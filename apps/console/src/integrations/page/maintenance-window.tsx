import type { IntegrationView } from '@integrations/contracts';
import { Time } from '../../ui/time';

interface MaintenanceWindowProps {
  readonly of: NonNullable<IntegrationView['maintenance']>;
}

/** The end and the reason of a maintenance window. */
export function MaintenanceWindow({ of: { until, reason } }: MaintenanceWindowProps) {
  return (
    <>
      Maintenance ends <Time at={until} />
      {reason && `: ${reason}`}
    </>
  );
}
