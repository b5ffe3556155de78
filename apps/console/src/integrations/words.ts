import type { HealthStatus, IntegrationHealth, IntegrationType } from '@integrations/contracts';
import type { Tone } from '../ui/badge';

export const TYPE_NAMES: Readonly<Record<IntegrationType, string>> = {
  scm: 'Source control',
  registry: 'Container registry',
  ci: 'CI system',
  runtime_host: 'Runtime host',
};

const STATUS_TONES: Readonly<Record<HealthStatus, Tone>> = {
  healthy: 'good',
  degraded: 'warn',
  unhealthy: 'bad',
  unknown: 'neutral',
};

export const HEALTH_STATUSES = Object.keys(STATUS_TONES) as HealthStatus[];

export function toneOf({ status }: Pick<IntegrationHealth, 'status'>): Tone {
  return STATUS_TONES[status];
}
