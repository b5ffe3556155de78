import type { ProbeCode } from '@integrations/contracts';
import {
  AuditRepository,
  type CredentialFailure,
  CredentialFailureRepository,
  Database,
  IntegrationRepository,
  type IntegrationRow,
  Outbox,
  ProbeScheduleRepository,
} from '@integrations/database';
import { Injectable } from '@nestjs/common';
import { APP_NAME } from '../app-name';

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
@Injectable()
export class AutoDisable {
  constructor(
    private readonly database: Database,
    private readonly failures: CredentialFailureRepository,
    private readonly integrations: IntegrationRepository,
    private readonly schedule: ProbeScheduleRepository,
    private readonly outbox: Outbox,
    private readonly audit: AuditRepository,
  ) {}

  /**
   * `afterMs`: how long, in milliseconds, a credential must have failed without a break. Several workers may sweep at
   * once: only one of them disables an integration.
   */
  async sweep(afterMs: number): Promise<Disabled[]> {
    await this.failures.watch();
    const disabled: Disabled[] = [];
    for (const failure of await this.failures.lasting(afterMs, BATCH)) {
      const done = await this.disable(failure);
      if (done) disabled.push(done);
    }
    return disabled;
  }

  /** Null if the integration was edited, has recovered or was disabled since it was seen failing. */
  disable(failure: CredentialFailure): Promise<Disabled | null> {
    const { tenantId, integrationId, generation: seen, since } = failure;
    return this.database.transaction(async (tx) => {
      const code = await this.failures.hold(failure, tx);
      if (!code) return null;
      const integration = await this.integrations.update(tenantId, integrationId, seen, { enabled: false }, tx);
      if (typeof integration === 'string') return null;

      await this.schedule.remove(tenantId, integrationId, tx);
      const { type, provider, generation } = integration;
      const data = { reason: REASON } as const;
      await this.outbox.append({ event: 'disabled', tenantId, integrationId, type, provider, generation, data }, tx);
      const detail = { generation, reason: REASON, code, failingSince: since.toISOString() };
      const entry = { tenantId, actor: APP_NAME, app: APP_NAME, action: 'integration.disabled', integrationId };
      await this.audit.append({ ...entry, outcome: 'succeeded', detail }, tx);
      return { integration, code, failingSince: since };
    });
  }
}
