import { socketRefusal } from '@integrations/provider-kit';
import { Refusal } from '../refusal';

/** The unix sockets that endpoints may name. All else that egress refuses is found out by whoever calls. */
export class NamedSockets {
  constructor(private readonly paths: readonly string[]) {}

  /** Throws a Refusal if the endpoint is a socket that the operator has not named. */
  judge(endpoint: string): void {
    const refusal = socketRefusal(endpoint, this.paths);
    if (refusal !== null) throw new Refusal('egress_blocked', refusal, [{ field: 'endpoint', message: refusal }]);
  }
}
