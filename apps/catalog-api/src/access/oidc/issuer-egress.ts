import { proxyOf } from '@integrations/bootstrap';
import { EgressClient } from '@integrations/provider-kit';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CatalogConfig } from '../../config';

/** What one call may take. */
const TIMEOUT_MS = 5_000;
const LARGEST_ANSWER = 1_024 * 1_024;

/** The way out to the issuer and to nobody else. Where it lives is the operator's word, so any private address will do. */
@Injectable()
export class IssuerEgress implements OnApplicationShutdown {
  readonly #client: EgressClient;

  constructor(config: CatalogConfig) {
    this.#client = new EgressClient({
      policy: { allow: ['0.0.0.0/0', '::/0'] },
      userAgent: 'stella-ops-integrations',
      totalTimeoutMs: TIMEOUT_MS,
      maxResponseBytes: LARGEST_ANSWER,
      ...proxyOf(config),
    });
  }

  /** Bound to the origin of each call: an issuer may have its endpoints at several. */
  readonly fetch: typeof fetch = (input, init) => {
    const endpoint = input instanceof Request ? input.url : String(input);
    return this.#client.bind({ endpoint }).fetch(input, init);
  };

  onApplicationShutdown(): Promise<void> {
    return this.#client.close();
  }
}
