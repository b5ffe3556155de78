import type { Availability, Clock, Secret } from '@integrations/provider-kit';
import type { SecretStore, StoreRequest } from '../secret-store';
import { StoreService, type StoreServiceOptions } from '../store-service';
import type { TokenFile } from '../token-file';
import { refusalFor, secretIn } from './authority-answer';

export interface AuthorityHttpOptions extends Omit<StoreServiceOptions, 'title'> {
  /** The bearer token that identifies us. */
  readonly tokenFile: TokenFile;
  readonly clock: Clock;
}

/** Secrets from the suite's Authority service, over HTTP; docs/authority.md is the contract. */
export class AuthorityHttpStore implements SecretStore {
  readonly name = 'authority';
  readonly #service: StoreService;

  constructor(private readonly options: AuthorityHttpOptions) {
    this.#service = new StoreService({ ...options, title: 'the Authority service' });
  }

  isAvailable(): Availability {
    return this.options.tokenFile.isAvailable();
  }

  async read({ tenantId, ref }: StoreRequest, signal: AbortSignal): Promise<Secret> {
    signal.throwIfAborted();
    const token = await this.options.tokenFile.read(signal);
    const { status, body } = await this.#service.ask(
      {
        path: `/v1/secrets?${new URLSearchParams({ ref: ref.canonical, tenant: tenantId })}`,
        headers: { authorization: `Bearer ${token}` },
      },
      signal,
    );
    if (status === 200) return secretIn(body, this.options.clock.now());
    if (status === 401) throw this.#service.unavailable('refuses our token (401)');
    throw refusalFor(body?.['code']) ?? this.#service.unavailable(`answered with status ${status}`);
  }
}
