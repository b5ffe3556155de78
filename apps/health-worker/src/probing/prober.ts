import type { ProbeVerdict } from '@integrations/contracts';
import type { IntegrationRow } from '@integrations/database';
import type { Connector } from '@integrations/providers';

/** Deep and on demand, or cheap and periodic. */
export type ProbeKind = 'test' | 'check';

/** Runs probes; who asks for one that is already under way gets its verdict. */
export class Prober {
  readonly #underWay = new Map<string, Promise<ProbeVerdict>>();

  constructor(private readonly connector: Pick<Connector, ProbeKind>) {}

  /** Never rejects over what the vendor does; ends within `timeoutMs`, or earlier when `signal` aborts. */
  probe(kind: ProbeKind, integration: IntegrationRow, timeoutMs: number, signal?: AbortSignal): Promise<ProbeVerdict> {
    // The generation is part of the key: after an edit, the verdict on the old settings is of no use.
    const key = `${kind} ${integration.id} ${integration.generation}`;
    const running = this.#underWay.get(key);
    if (running) return running;
    const limit = AbortSignal.timeout(timeoutMs);
    const both = signal ? AbortSignal.any([limit, signal]) : limit;
    const begun = this.connector[kind](integration, both).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, begun);
    return begun;
  }
}
