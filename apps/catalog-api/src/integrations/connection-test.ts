import { type ProbeVerdict, RPC } from '@integrations/contracts';
import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/caller';
import { HealthWorker } from '../health-worker';

const TASK = 'test the connection';

/** Has integrations, registered or not, tested by whoever may call connected services: the health-worker. */
@Injectable()
export class ConnectionTest {
  constructor(private readonly worker: HealthWorker) {}

  /** The verdict, good or bad. Throws a Refusal if there is none. */
  run(tenantId: string, integrationId: string): Promise<ProbeVerdict> {
    return this.worker.ask(tenantId, RPC.probeTest, { integrationId }, TASK);
  }

  /** The same of a draft, as `readDraft` answers it. */
  runDraft({ tenantId, name: requestedBy }: Caller, draft: object): Promise<ProbeVerdict> {
    return this.worker.ask(tenantId, RPC.probeDraft, { ...draft, requestedBy }, TASK);
  }
}
