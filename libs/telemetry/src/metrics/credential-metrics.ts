import { Injectable, type Provider } from '@nestjs/common';
import { InjectMetric, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import { Gauge } from 'prom-client';

const REFUSED = 'integrations_credential_refused';

/** Credentials that vendors refuse now, as a health-worker reads them. No label names an integration. */
@Injectable()
export class CredentialMetrics {
  constructor(@InjectMetric(REFUSED) private readonly refused: Gauge) {}

  /** The number of refused credentials by provider. A provider that is not in the map has none. */
  credentialsRefused(integrations: ReadonlyMap<string, number>): void {
    this.refused.reset();
    for (const [provider, count] of integrations) this.refused.set({ provider }, count);
  }
}

export const CREDENTIAL_METRIC_PROVIDERS: Provider[] = [
  CredentialMetrics,
  makeGaugeProvider({
    name: REFUSED,
    help: 'Integrations in service whose vendor refuses their credential',
    labelNames: ['provider'],
  }),
];
