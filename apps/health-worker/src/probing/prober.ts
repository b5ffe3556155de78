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
   * Never rejects over what the vendor does; ends soon when `signal` is aborted. Null: nobody shares the target any more,
   * or the vendor refused the credential before, and it has not changed.
   */
  async check({ integration, refusedVersion, woken }: ProbeLease, signal: AbortSignal): Promise<ProbeVerdict | null> {
    if (!integration) return null;
    if (refusedVersion !== null && !(await this.#hasChanged(integration, refusedVersion, signal))) return null;
    return this.connector.check(integration, signal, woken);
  }

  /**
   * Whether the secret store holds another version of the credential than the vendor refused, or none any more. False
   * while the store cannot tell: what was refused is not sent again on suspicion.
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
