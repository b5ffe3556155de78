import { type EgressClient, type JsonObject, jsonObject, ProviderError } from '@integrations/provider-kit';
import { readFile } from 'node:fs/promises';
import { SecretStoreError } from './secret-store';

export interface StoreServiceOptions {
  /** Reaches what the operator named; never the client of the tenants' integrations. */
  readonly egress: Pick<EgressClient, 'bind'>;
  /** `https://host[:port][/base]`. */
  readonly address: string;
  /** PEM certificates instead of the public authorities; read for each request, so that it may be renewed. */
  readonly caFile?: string;
  /** What messages call the store: `the vault`. */
  readonly title: string;
}

export interface Question {
  readonly method?: 'GET' | 'POST';
  /** Begins with `/`; query included. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: object;
}

export interface Answer {
  readonly status: number;
  /** Null if what came is no JSON object. */
  readonly body: JsonObject | null;
}

/** A secret store that is asked over HTTP in JSON. */
export class StoreService {
  constructor(private readonly options: StoreServiceOptions) {}

  /** Whatever the status. Throws SecretStoreError `unavailable` if there is no answer, or the signal's reason. */
  async ask({ method = 'GET', path, headers, body }: Question, signal: AbortSignal): Promise<Answer> {
    const { address } = this.options;
    try {
      const egress = this.options.egress.bind({ endpoint: address, ...(await this.#authorities()) });
      const response = await egress.request({
        method,
        url: address.replace(/\/+$/, '') + path,
        headers: { accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal,
      });
      return { status: response.status, body: jsonObject(response.text()) };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SecretStoreError) throw error;
      const why = error instanceof ProviderError ? error.code : 'internal';
      throw this.unavailable(`cannot be reached (${why})`, error);
    }
  }

  unavailable(what: string, cause?: unknown): SecretStoreError {
    return new SecretStoreError('unavailable', `${this.options.title} ${what}`, { cause });
  }

  async #authorities(): Promise<{ caBundle?: string }> {
    const { caFile } = this.options;
    if (caFile === undefined) return {};
    try {
      return { caBundle: await readFile(caFile, 'utf8') };
    } catch (error) {
      // Not the cause itself: its message tells the path.
      throw this.unavailable(`has a CA file that cannot be read (${codeOf(error)})`);
    }
  }
}

/** The code of a system error. */
export function codeOf(error: unknown): string {
  return (error as Partial<NodeJS.ErrnoException>).code ?? 'unknown error';
}
