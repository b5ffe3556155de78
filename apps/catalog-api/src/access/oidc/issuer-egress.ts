import { operatorEgress } from '@integrations/bootstrap';
import type { EgressClient } from '@integrations/provider-kit';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CatalogConfig } from '../../config';

/** Timeout of one call. */
const TIMEOUT_MS = 5_000;
const LARGEST_ANSWER = 1_024 * 1_024;

/** The egress client for calls to the issuer. */
@Injectable()
export class IssuerEgress implements OnApplicationShutdown {
  readonly #client: EgressClient;

  constructor(config: CatalogConfig) {
    this.#client = operatorEgress(config, { totalTimeoutMs: TIMEOUT_MS, maxResponseBytes: LARGEST_ANSWER });
  }

  /** Binds to the origin of each call, because an issuer may have endpoints at several origins. */
  readonly fetch: typeof fetch = (input, init) => {
    const endpoint = input instanceof Request ? input.url : String(input);
    return this.#client.bind({ endpoint }).fetch(input, init);
  };

  onApplicationShutdown(): Promise<void> {
    return this.#client.close();
  }
}
