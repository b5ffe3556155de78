import type { VendorRequest } from '@integrations/contracts';
import type { IntegrationRow } from '@integrations/database';
import { type Annotation, previewOf } from '@integrations/payload-builder';
import { ProviderError } from '@integrations/provider-kit';
import { Connector, ProviderRegistry } from '@integrations/providers';
import { Injectable } from '@nestjs/common';

/** Asks plugins what they would send. Here they get neither egress nor credentials: this app calls no vendor. */
@Injectable()
export class Previews {
  readonly #connector: Connector;

  constructor(registry: ProviderRegistry) {
    this.#connector = new Connector({
      registry,
      egress: { bind: refuse },
      tokens: { get: refuse, forget: refuse },
      secrets: { resolve: refuse, forget: refuse },
      clock: { now: () => Date.now() },
    });
  }

  /** Throws ProviderError: `unsupported_operation` if the provider cannot preview, or any error of `Connector.open`. */
  of(integration: IntegrationRow, annotation: Annotation, operationId: string): readonly VendorRequest[] {
    const requests = previewOf(this.#connector.annotations(integration), annotation, { operationId });
    if (requests) return requests;
    throw new ProviderError('unsupported_operation', `${integration.provider} cannot preview what it would send`);
  }
}

function refuse(): never {
  throw new Error('a preview makes no call and needs no credential');
}
