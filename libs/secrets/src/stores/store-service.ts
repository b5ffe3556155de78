import { type EgressClient, type JsonObject, jsonObject, ProviderError, sendJson } from '@integrations/provider-kit';
import { readFile } from 'node:fs/promises';
import { SecretStoreError } from './secret-store';

export interface StoreServiceOptions {
  /** Reaches addresses that the operator configured. Never the egress client of the tenants' integrations. */
  readonly egress: Pick<EgressClient, 'bind'>;
  /** `https://host[:port][/base]`. */
  readonly address: string;
  /** PEM certificates that replace the public authorities. Read for each request, so that the file may be renewed. */
  readonly caFile?: string;
  /** The store's name in messages, such as `the vault`. */
  readonly title: string;
}

export interface ServiceRequest {
  readonly method?: 'GET' | 'POST';
  /** Begins with `/` and includes the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: object;
}

export interface Answer {
  readonly status: number;
  /** Null if the body is not a JSON object. */
  readonly body: JsonObject | null;
}

/** A secret store with a JSON API over HTTP. */
export class StoreService {
  constructor(private readonly options: StoreServiceOptions) {}

  /** Returns the answer, whatever its status. Throws SecretStoreError `unavailable` without one, or the signal's reason. */
  async ask({ method = 'GET', path, ...content }: ServiceRequest, signal: AbortSignal): Promise<Answer> {
    const { address } = this.options;
    try {
      const egress = this.options.egress.bind({ endpoint: address, ...(await this.#authorities()) });
      const url = address.replace(/\/+$/, '') + path;
      const response = await sendJson(egress, { method, url, ...content }, signal);
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
      // Without the cause: its message contains the path.
      throw this.unavailable(`has a CA file that cannot be read (${codeOf(error)})`);
    }
  }
}

/** The code of a system error. */
export function codeOf(error: unknown): string {
  return (error as Partial<NodeJS.ErrnoException>).code ?? 'unknown error';
}
