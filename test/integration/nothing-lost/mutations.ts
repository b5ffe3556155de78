import type { EventName } from '@integrations/contracts';
import type { Caller } from '../../../apps/catalog-api/src/access/caller';
import type { CatalogWriter } from '../../../apps/catalog-api/src/integrations/catalog-writer';
import { Refusal } from '../../../apps/catalog-api/src/refusal';

/** A change that the catalog has confirmed. */
export interface Change {
  readonly tenantId: string;
  readonly integrationId: string;
  readonly generation: number;
  readonly event: EventName;
}

interface Known {
  readonly caller: Caller;
  readonly id: string;
  generation: number;
  enabled: boolean;
  live: boolean;
}

// Several tenants, because a tenant's commits wait for each other, due to its audit trail.
const CALLERS: readonly Caller[] = ['acme', 'blue', 'core', 'dawn'].map((tenantId) => ({
  tenantId,
  name: 'mutator',
  scopes: [],
}));
/** Few enough that mutations conflict with each other. */
const INTEGRATIONS = 24;
/** Fewer than an app has pooled connections: waiting for one fails after five seconds. */
const AT_ONCE = 8;

/**
 * Changes integrations at random. Each mutation names the generation that its caller knows, as with `If-Match`. It either
 * turns exactly that generation into the next one, or is rejected and changes nothing.
 */
export class Mutations {
  readonly changes: Change[] = [];
  refused = 0;
  readonly #known: Known[] = [];
  #serial = 0;

  constructor(private readonly writer: CatalogWriter) {}

  /** Makes `count` more mutations, AT_ONCE at a time. */
  async make(count: number): Promise<void> {
    let left = count;
    const work = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        if (!(await this.#one())) left += 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  /** False if the mutation was rejected. */
  async #one(): Promise<boolean> {
    const known = this.#known[Math.floor(Math.random() * INTEGRATIONS)];
    try {
      await (known ? this.#change(known) : this.#register());
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.refused += 1;
      return false;
    }
  }

  async #register(): Promise<void> {
    const caller = CALLERS[this.#known.length % CALLERS.length]!;
    const registration = {
      ...({ name: `integration ${this.#next()}`, description: null, type: 'scm', provider: 'in_memory' } as const),
      ...{ endpoint: 'memory://local', authRef: null, config: {}, tags: [], enabled: true, intervalSeconds: 60 },
    };
    const { id, generation } = await this.writer.register(caller, registration);
    this.#known.push({ caller, id, generation, enabled: true, live: true });
    this.changes.push({ tenantId: caller.tenantId, integrationId: id, generation, event: 'registered' });
  }

  async #change(known: Known): Promise<void> {
    const { caller, id, generation, enabled, live } = known;
    const expected = (actual: number): boolean => actual === generation;
    const made = (event: EventName, after: Partial<Known> = {}): void => {
      this.changes.push({ tenantId: caller.tenantId, integrationId: id, generation: generation + 1, event });
      Object.assign(known, after, { generation: generation + 1 });
    };
    const dice = Math.random();
    if (!live) {
      await this.writer.restore(caller, id, expected);
      made('restored', { live: true });
    } else if (dice < 0.1) {
      await this.writer.delete(caller, id, expected, false);
      made('deleted', { live: false });
    } else if (dice < 0.4) {
      await this.writer.setEnabled(caller, id, expected, !enabled);
      made(enabled ? 'disabled' : 'enabled', { enabled: !enabled });
    } else {
      await this.writer.patch(caller, id, expected, { description: `change ${this.#next()}` });
      made('updated');
    }
  }

  #next(): number {
    return (this.#serial += 1);
  }
}
