import type { JetStreamClient } from '@nats-io/jetstream';
import { type KV, type KvEntry, Kvm } from '@nats-io/kv';
import { STATE_BUCKET } from '@integrations/contracts';
import { allOf } from './all-of';
import { BusError, reasonOf } from './bus-error';
import type { Connection } from './connection';
import { encodeJson, parseJson } from './json';

export interface StateEntry {
  readonly key: string;
  /** Null if the stored value is not JSON. */
  readonly value: unknown;
}

const DESCRIPTION = 'The state of each integration as of its last published event';
const WAIT_MS = 5_000;

/** The key-value bucket with the state of each integration, as the last JSON value of its key. Methods reject with BusError. */
export class StateBucket {
  #opened: Promise<KV> | null = null;

  constructor(
    private readonly connection: Connection,
    private readonly jetstream: JetStreamClient,
  ) {}

  /** Creates the bucket if it is missing. */
  async ensure(): Promise<void> {
    await this.#do(async () => undefined);
  }

  /**
   * `createdAt`: when the bucket was created, as the server spells it. `messages`: one for each key, including deleted keys.
   * `last`: the sequence of the last message, a value or the marker of a deleted key.
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

  /** Ignores keys that do not exist. */
  async deleteAll(keys: readonly string[]): Promise<void> {
    await this.#do(async (bucket) => {
      await allOf(keys.map((key) => bucket.delete(key)));
    });
  }

  /** Calls back with each key that has a value. Also rejects if no entry arrives for five seconds. */
  async forEach(visit: (entry: StateEntry) => void): Promise<void> {
    await this.#do(async (bucket) => {
      const entries = await bucket.history();
      // The iterator itself would wait for ever for entries that were in flight when a server died.
      const idleTimer = setTimeout(() => entries.stop(new Error(`no message for ${WAIT_MS} ms`)), WAIT_MS);
      try {
        for await (const entry of entries) {
          idleTimer.refresh();
          if (entry.operation === 'PUT') visit(toEntry(entry));
        }
      } finally {
        clearTimeout(idleTimer);
      }
    });
  }

  async #do<T>(work: (bucket: KV) => Promise<T>): Promise<T> {
    try {
      if (!(await this.connection.whenUp(WAIT_MS))) throw new Error(`no connection to NATS within ${WAIT_MS} ms`);
      return await work(await this.#open());
    } catch (error) {
      // The bucket may be gone. The next call opens it again, and creates it if needed.
      this.#opened = null;
      throw new BusError('provider_unavailable', `bucket ${STATE_BUCKET}: ${reasonOf(error)}`, { cause: error });
    }
  }

  /** Creates the bucket if it is missing; an existing one keeps the configuration of its operator. */
  #open(): Promise<KV> {
    return (this.#opened ??= new Kvm(this.jetstream).create(STATE_BUCKET, { history: 1, description: DESCRIPTION }));
  }
}

function toEntry({ key, value }: KvEntry): StateEntry {
  const parsed = parseJson(value);
  return { key, value: parsed.ok ? parsed.value : null };
}
