import {
  ChallengeAuthorizer,
  type Credentials,
  type Egress,
  egressOver,
  type EgressResponse,
  OciRegistry,
  type ProviderDeps,
  ProviderError,
} from '@integrations/provider-kit';
import type { AcrIntegration } from './config';
import { acrCredentials } from './credentials';
import { loginServerOf } from './places';

/** An open registry, with the credential and its authorizer. */
export interface AcrClient {
  readonly registry: OciRegistry;
  readonly authorizer: ChallengeAuthorizer;
  readonly credentials: Credentials;
}

export function openAcr(integration: AcrIntegration, given: ProviderDeps): AcrClient {
  const { endpoint } = integration;
  const deps = { ...given, egress: withFirewallErrors(given.egress) };
  const credentials = acrCredentials(integration, deps);
  const common = { endpoint, product: 'ACR', deps };
  const authorizer = new ChallengeAuthorizer({ ...common, credentials, realmOrigins: [loginServerOf(integration)] });
  const registry = new OciRegistry({ ...common, authorizer, tagActions: ['metadata_read'] });
  return { registry, authorizer, credentials };
}

/** Recognises refusals by the registry's firewall, which answers every request alike, whatever the credential. */
function withFirewallErrors(egress: Egress): Egress {
  return egressOver(async (request) => {
    const response = await egress.request(request);
    if (!isFirewall(response)) return response;
    const message = "The registry's firewall blocks requests from here: allow our address, or connect privately";
    throw new ProviderError('permission_missing', message, { httpStatus: 403 });
  });
}

/** `client with IP '192.0.2.1' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.` */
function isFirewall(response: EgressResponse): boolean {
  return response.status === 403 && /aka\.ms\/acr\/firewall|is not allowed access/.test(response.text());
}
