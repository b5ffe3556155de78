import type { ProbeCode } from '@integrations/contracts';
import type {
  AuditRepository,
  CredentialFailure,
  CredentialFailureRepository,
  Database,
  IntegrationRepository,
  IntegrationRow,
  Outbox,
  ProbeScheduleRepository,
} from '@integrations/database';
import { APP_NAME } from '../app-name';

export interface AutoDisableOptions {
  readonly database: Database;
  readonly failures: CredentialFailureRepository;
  readonly integrations: IntegrationRepository;
  readonly schedule: ProbeScheduleRepository;
  readonly outbox: Outbox;
  readonly audit: AuditRepository;
  /** How long, in milliseconds, a credential must have failed without a break. */
  readonly afterMs: number;
}

export interface Disabled {
  readonly integration: IntegrationRow;
  readonly code: ProbeCode;
  readonly failingSince: Date;
}

const REASON = 'credential_failing';
const BATCH = 100;

/**
 * Disables integrations whose vendor keeps refusing their credential, as an administrator would. They stay disabled
 * until somebody enables them.
 */
export class AutoDisable {
  constructor(private readonly options: AutoDisableOptions) {}

  /** Several workers may sweep at once: only one of them disables an integration. */
  async sweep(): Promise<Disabled[]> {
    const { failures, afterMs } = this.options;
    await failures.watch();
    const disabled: Disabled[] = [];
    for (const failure of await failures.lasting(afterMs, BATCH)) {
      const done = await this.disable(failure);
      if (done) disabled.push(done);
    }
    return disabled;
  }

  /** Null if the integration was edited, has recovered or was disabled since it was seen failing. */
  disable(failure: CredentialFailure): Promise<Disabled | null> {
    const { database, failures, integrations, schedule, outbox, audit } = this.options;
    const { tenantId, integrationId, generation: seen, since } = failure;
    return database.transaction(async (tx) => {
      const code = await failures.hold(failure, tx);
      if (!code) return null;
      const integration = await integrations.update(tenantId, integrationId, seen, { enabled: false }, tx);
      if (typeof integration === 'string') return null;

      await schedule.remove(tenantId, integrationId, tx);
      const { type, provider, generation } = integration;
      const data = { reason: REASON } as const;
      await outbox.append({ event: 'disabled', tenantId, integrationId, type, provider, generation, data }, tx);
      const detail = { generation, reason: REASON, code, failingSince: since.toISOString() };
      const entry = { tenantId, actor: APP_NAME, app: APP_NAME, action: 'integration.disabled', integrationId };
      await audit.append({ ...entry, outcome: 'succeeded', detail }, tx);
      return { integration, code, failingSince: since };
    });
  }
}
