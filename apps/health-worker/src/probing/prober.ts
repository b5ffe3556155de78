import type { ProbeVerdict } from '@integrations/contracts';
import { ProviderError } from '@integrations/provider-kit';
import type { Connector, RegisteredIntegration } from '@integrations/providers';

/** Deep and on demand, or cheap and periodic. */
export type ProbeKind = 'test' | 'check';

/** Runs probes, each within its time. */
export class Prober {
  constructor(private readonly connector: Pick<Connector, ProbeKind | 'open'>) {}

  /** Never rejects over what the vendor does; ends within `timeoutMs`, or earlier when the caller aborts `end`. */
  async probe(
    kind: ProbeKind,
    integration: RegisteredIntegration,
    timeoutMs: number,
    end = new AbortController(),
  ): Promise<ProbeVerdict> {
    // Not AbortSignal.any or .timeout: each signal costs as much as the rest of this.
    const timer = setTimeout(() => end.abort(new DOMException('the probe took too long', 'TimeoutError')), timeoutMs);
    try {
      return await this.connector[kind](integration, end.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Whether the secret store holds another version of the credential than the vendor refused, or none any more. False
   * while the store cannot tell: what was refused is not sent again on suspicion.
   */
  async hasChanged(integration: RegisteredIntegration, refusedVersion: string, timeoutMs: number): Promise<boolean> {
    try {
      const { credential } = this.connector.open(integration, 'health').deps;
      const { version } = await credential.resolve(AbortSignal.timeout(timeoutMs));
      return (version ?? '') !== refusedVersion;
    } catch (error) {
      return error instanceof ProviderError && !error.transient;
    }
  }
}
