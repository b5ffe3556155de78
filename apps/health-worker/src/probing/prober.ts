import type { ProbeVerdict } from '@integrations/contracts';
import type { ProbeLease } from '@integrations/database';
import { ProviderError } from '@integrations/provider-kit';
import { Connector, type RegisteredIntegration } from '@integrations/providers';
import { Injectable } from '@nestjs/common';

/** Runs periodic checks. */
@Injectable()
export class Prober {
  constructor(private readonly connector: Connector) {}

  /**
   * Never rejects because of the vendor; ends soon after `signal` aborts. Null if nobody shares the target any more, or
   * if the vendor refused the credential before and it is unchanged.
   */
  async check({ integration, refusedVersion, woken }: ProbeLease, signal: AbortSignal): Promise<ProbeVerdict | null> {
    if (!integration) return null;
    if (refusedVersion !== null && !(await this.#hasChanged(integration, refusedVersion, signal))) return null;
    return this.connector.check(integration, signal, woken);
  }

  /**
   * Whether the secret store now holds another version of the credential than the vendor refused, or none. False while
   * the store cannot be reached: a refused credential is not sent again on a guess.
   */
  async #hasChanged(integration: RegisteredIntegration, refusedVersion: string, signal: AbortSignal): Promise<boolean> {
    try {
      const { credential } = this.connector.open(integration, 'health').deps;
      const { version } = await credential.resolve(signal);
      return (version ?? '') !== refusedVersion;
    } catch (error) {
      return error instanceof ProviderError && !error.transient;
    }
  }
}
