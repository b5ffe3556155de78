import { socketRefusal } from '@integrations/provider-kit';
import { Injectable } from '@nestjs/common';
import { CatalogConfig } from '../config';
import { Refusal } from '../refusal';

/** The unix sockets that endpoints may name. Other addresses that egress refuses are refused when they are called. */
@Injectable()
export class NamedSockets {
  constructor(private readonly config: CatalogConfig) {}

  /** Throws a Refusal if the endpoint is a socket that the operator has not allowed. */
  requireNamed(endpoint: string): void {
    const refusal = socketRefusal(endpoint, this.config.egressUnixSockets);
    if (refusal !== null) throw new Refusal('egress_blocked', refusal, [{ field: 'endpoint', message: refusal }]);
  }
}
