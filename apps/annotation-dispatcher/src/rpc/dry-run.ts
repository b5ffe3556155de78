import { RequestRejected } from '@integrations/bus';
import type { ScmDryRun } from '@integrations/contracts';
import { type Annotation, previewOf } from '@integrations/payload-builder';
import { ProviderError } from '@integrations/provider-kit';
import type { Connector } from '@integrations/providers';
import { capabilitiesFor } from '../annotation';
import type { IntegrationResolver } from '../intake/integration-resolver';
import { checkSource } from '../publish/check-source';

/** Stands in texts in place of an operation id, which a dry run does not have. */
const NO_OPERATION = '00000000-0000-0000-0000-000000000000';

/** How long, in milliseconds, to wait for the secrets that must be removed from the texts. */
const LEARNING_MS = 3_000;

/** Shows what would be sent. Writes nothing at the vendor or in the ledger, and works offline. */
export class DryRun {
  constructor(
    private readonly resolver: Pick<IntegrationResolver, 'resolve'>,
    private readonly connector: Pick<Connector, 'annotations' | 'learnSecrets'>,
    private readonly scrub: (text: string, tenantId: string) => string,
  ) {}

  /** Throws RequestRejected as the resolver does, and for requests that could not be posted. */
  async of(tenantId: string, annotation: Annotation): Promise<ScmDryRun> {
    const { operation, request } = annotation;
    checkSource(annotation);
    const integration = await this.resolver.resolve(tenantId, request.integrationId, capabilitiesFor(annotation));
    const { id: integrationId, provider } = integration;
    try {
      const client = this.connector.annotations(integration);
      // As when posting, only publish requests are scrubbed; other operations send the caller's texts unchanged.
      if (operation === 'publish') await this.connector.learnSecrets(integration, AbortSignal.timeout(LEARNING_MS));
      const scrub = (text: string) => this.scrub(text, tenantId);
      const vendorRequests = previewOf(client, annotation, { operationId: NO_OPERATION, scrub });
      if (vendorRequests) return { integrationId, provider, operation, vendorRequests };
    } catch (error) {
      if (error instanceof ProviderError) throw new RequestRejected(error.code, error.message);
      throw error;
    }
    const message = `provider ${provider} cannot preview what it would send`;
    throw RequestRejected.forFields('unsupported_operation', [{ field: 'dryRun', message }]);
  }
}
