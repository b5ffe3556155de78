import { Injectable } from '@nestjs/common';
import { HealthWorker } from '../health-worker';
import { CatalogReader } from '../integrations/catalog-reader';
import { notFound } from '../refusal';

/** What is read from the vendor of an integration at each call. */
@Injectable()
export class VendorReads {
  constructor(
    private readonly reader: CatalogReader,
    private readonly worker: HealthWorker,
  ) {}

  /** `task` as it stands after "to". Throws a Refusal. */
  async ask<T>(tenantId: string, integrationId: string, subject: string, query: object, task: string): Promise<T> {
    // Known here, so that a wrong id is told as such even while no worker runs.
    if (!(await this.reader.findRow(tenantId, integrationId))) throw notFound('integration', integrationId);
    return this.worker.ask(tenantId, subject, { integrationId, ...query }, task);
  }
}
