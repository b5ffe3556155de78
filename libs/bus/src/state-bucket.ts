import type { JetStreamClient } from '@nats-io/jetstream';
import { type KV, type KvEntry, Kvm } from '@nats-io/kv';
import { STATE_BUCKET } from '@integrations/contracts';
import { allOf } from './all-of';
import { BusError, reasonOf } from './bus-error';
import type { Connection } from './connection';
import { encodeJson, parseJson } from './json';

export interface StateEntry {
  readonly key: string;
  /** Null when what is stored is no JSON. */
  readonly value: unknown;
}

const DESCRIPTION = 'The state of each integration as of its last published event';
const WAIT_MS = 5_000;

/** The key-value bucket with the state of each integration: the last JSON value of each key. All methods reject with a BusError. */
export class StateBucket {
  #opened: Promise<KV> | null = null;

  constructor(
    private readonly connection: Connection,
    private readonly jetstream: JetStreamClient,
  ) {}

  /** Makes the bucket if it is not there. */
  async ensure(): Promise<void> {
    await this.#do(async () => undefined);
  }

  /**
   * When it was made, as the server says it, how many messages it holds, which is one for each key, deleted ones included,
   * and the number of the last one that came, be it a value or the mark of a key that was deleted.
   */
  async status(): Promise<{ readonly createdAt: string; readonly messages: number; readonly last: number }> {
    return this.#do(async (bucket) => {
      const { created, state } = (await bucket.status()).streamInfo;
      return { createdAt: created, messages: state.messages, last: state.last_seq };
    });
  }

  /** Resolves when all are stored; after an error some may be. */
  async putAll(entries: readonly { readonly key: string; readonly value: object }[]): Promise<void> {
    await this.#do(async (bucket) => {
      await allOf(entries.map(({ key, value }) => bucket.put(key, encodeJson(value))));
    });
  }

  /** Harmless for keys that are not there. */
  async deleteAll(keys: readonly string[]): Promise<void> {
    await this.#do(async (bucket) => {
      await allOf(keys.map((key) => bucket.delete(key)));
    });
  }

  /** Calls back with each key that has a value. Rejects too when nothing more comes for five seconds. */
  async forEach(look: (entry: StateEntry) => void): Promise<void> {
    await this.#do(async (bucket) => {
      const entries = await bucket.history();
      // By itself it waits for ever for what was on its way when a server died.
      const silence = setTimeout(() => entries.stop(new Error(`nothing came for ${WAIT_MS} ms`)), WAIT_MS);
      try {
        for await (const entry of entries) {
          silence.refresh();
          if (entry.operation === 'PUT') look(toEntry(entry));
        }
      } finally {
        clearTimeout(silence);
      }
    });
  }

  async #do<T>(work: (bucket: KV) => Promise<T>): Promise<T> {
    try {
      if (!(await this.connection.whenUp(WAIT_MS))) throw new Error(`no connection to NATS within ${WAIT_MS} ms`);
      return await work(await this.#open());
    } catch (error) {
      // The bucket may be gone: it is looked for, and made if need be, the next time.
      this.#opened = null;
      throw new BusError('provider_unavailable', `bucket ${STATE_BUCKET}: ${reasonOf(error)}`, { cause: error });
    }
  }

  /** Made if it is not there; one that is there stays as its operator has made it. */
  #open(): Promise<KV> {
    return (this.#opened ??= new Kvm(this.jetstream).create(STATE_BUCKET, { history: 1, description: DESCRIPTION }));
  }
}

function toEntry({ key, value }: KvEntry): StateEntry {
  const parsed = parseJson(value);
  return { key, value: parsed.ok ? parsed.value : null };
}
