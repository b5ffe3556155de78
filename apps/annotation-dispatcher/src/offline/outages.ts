import type { Begun, Outage, OutageRepository } from '@integrations/database';
import type { ProviderError } from '@integrations/provider-kit';
import { annotationFields } from '@integrations/telemetry';
import type { DispatchLog } from '../report';

type Row = Begun['row'];

export interface OutagesOptions {
  readonly repository: Pick<OutageRepository, 'list' | 'failed' | 'reached' | 'holds'>;
  readonly log: DispatchLog;
  /** Milliseconds of failures without a success in between, after which posting is offline. */
  readonly limitMs: number;
}

/**
 * Longest age of the remembered outages, in milliseconds. It is shorter than any `limitMs`, so every dispatcher knows
 * of the failures before they take posting offline. None then posts an operation that must wait behind a parked one.
 */
const FRESH_MS = 1_000;

/** Failures that say nothing about the operation: the vendor was not reached, or is in trouble itself. */
const UNREACHED = new Set(['network', 'timeout', 'tls', 'provider_unavailable']);

/**
 * What dispatchers together know of unreachable vendors. While all vendors are reached, this costs an operation
 * nothing.
 */
export class Outages {
  #suspected = new Set<string>();
  #asOf = -Infinity;

  constructor(private readonly options: OutagesOptions) {}

  /** Reads the current outages of all integrations. */
  async look(): Promise<readonly Outage[]> {
    const asOf = performance.now();
    const outages = await this.options.repository.list();
    this.#suspected = new Set(outages.map(({ integrationId }) => integrationId));
    this.#asOf = asOf;
    return outages;
  }

  /** Whether the operation must not be attempted now. */
  async holds(row: Row): Promise<boolean> {
    if (performance.now() - this.#asOf > FRESH_MS) await this.look();
    return this.#suspected.has(row.integrationId) && (await this.options.repository.holds(row));
  }

  async succeeded(row: Row): Promise<void> {
    if (!this.#suspected.has(row.integrationId)) return;
    await this.#note(row, async () => {
      if (await this.options.repository.reached(row)) this.options.log.info(vendorOf(row), 'vendor reachable again');
    });
  }

  /** Notes how an attempt failed. Resolves to true if posting through the integration is now offline. */
  async failed(row: Row, error: ProviderError): Promise<boolean> {
    if (!UNREACHED.has(error.code)) {
      // A vendor that refuses has been reached.
      if (error.httpStatus !== undefined) await this.succeeded(row);
      return false;
    }
    this.#suspected.add(row.integrationId);
    let offline = false;
    await this.#note(row, async () => {
      const now = await this.options.repository.failed(row, this.options.limitMs);
      offline = now.offline;
      if (now.began) this.options.log.warn(vendorOf(row), 'vendor unreachable; posting is offline until it recovers');
    });
    return offline;
  }

  /** Logs a failure to write, which must not change the outcome of the attempt. */
  async #note(row: Row, write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.options.log.warn(
        { ...annotationFields(row, null), err: error },
        'cannot record whether the vendor was reachable',
      );
    }
  }
}

function vendorOf({ tenantId, integrationId, provider }: Row): object {
  return { tenantId, integrationId, provider };
}
