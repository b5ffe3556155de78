import { RequestRejected } from '@integrations/bus';
import type { Capability } from '@integrations/contracts';
import type { IntegrationRepository, IntegrationRow } from '@integrations/database';
import type { ConnectorPlugin } from '@integrations/provider-kit';
import type { ProviderRegistry } from '@integrations/providers';
import type { KnownIntegrations } from '../known-integrations';

const FIELD = 'integrationId';
const MAX_CANDIDATES = 50;

/** Decides through which integration a request is posted. */
export class IntegrationResolver {
  constructor(
    private readonly integrations: Pick<IntegrationRepository, 'find' | 'listEnabled'>,
    private readonly providers: Pick<ProviderRegistry, 'find'>,
    private readonly known: KnownIntegrations,
  ) {}

  /** What `resolve` would most probably answer, without asking PostgreSQL. Confirm it before relying on it. */
  guess(tenantId: string, id: string | undefined, needed: readonly Capability[]): IntegrationRow | undefined {
    const integration = id ? this.known.find(tenantId, id) : this.known.onlyOf(tenantId);
    if (!integration?.enabled || integration.type !== 'scm') return undefined;
    const plugin = this.providers.find(integration.provider);
    return plugin && lacking(plugin, needed) === undefined ? integration : undefined;
  }

  /**
   * If the plugin is not loaded here, capabilities are checked by the dispatcher that posts the request. Throws
   * RequestRejected: `not_found`, `integration_disabled`, `ambiguous_integration` with the candidates in its details,
   * or `unsupported_operation`.
   */
  async resolve(tenantId: string, id: string | undefined, needed: readonly Capability[]): Promise<IntegrationRow> {
    const integration = id ? await this.#named(tenantId, id) : await this.#only(tenantId);
    this.known.keep(integration, { only: !id });
    if (!integration.enabled) throw rejected('integration_disabled', 'names an integration that is disabled');
    const plugin = this.providers.find(integration.provider);
    const lacks = integration.type === 'scm' ? plugin && lacking(plugin, needed) : 'way to annotate';
    if (lacks !== undefined) {
      throw rejected('unsupported_operation', `its provider ${integration.provider} has no ${lacks}`);
    }
    return integration;
  }

  async #named(tenantId: string, id: string): Promise<IntegrationRow> {
    const found = await this.integrations.find(tenantId, id);
    if (!found) throw rejected('not_found', 'is not the id of an integration of this tenant');
    return found;
  }

  async #only(tenantId: string): Promise<IntegrationRow> {
    const candidates = await this.integrations.listEnabled(tenantId, 'scm', MAX_CANDIDATES + 1);
    const [first] = candidates;
    if (!first) throw rejected('not_found', 'is absent, and the tenant has no enabled SCM integration');
    if (candidates.length === 1) return first;
    const details = candidates.slice(0, MAX_CANDIDATES).map(({ id: candidate, name, provider }) => ({
      field: FIELD,
      message: `${candidate} (${name}, ${provider})`,
    }));
    const many = candidates.length > MAX_CANDIDATES ? `more than ${MAX_CANDIDATES}` : candidates.length;
    const message = `${FIELD}: is absent, and ${many} enabled SCM integrations could be meant`;
    throw new RequestRejected('ambiguous_integration', message, details);
  }
}

function lacking(
  { capabilities }: Pick<ConnectorPlugin, 'capabilities'>,
  needed: readonly Capability[],
): Capability | undefined {
  return needed.find((capability) => !capabilities.includes(capability));
}

function rejected(
  code: 'not_found' | 'integration_disabled' | 'unsupported_operation',
  message: string,
): RequestRejected {
  return RequestRejected.forFields(code, [{ field: FIELD, message }]);
}
