import {
  CreateIntegrationRequest,
  type FieldError,
  socketPathOf,
  validate,
  type Validated,
} from '@integrations/contracts';
import type { NewIntegration } from '@integrations/database';
import type { ConnectorPlugin } from '@integrations/provider-kit';
import { type ProviderRegistry, readConnection, refsOf } from '@integrations/providers';
import { AuthRefError, parseAuthRef } from '@integrations/secrets';
import { normaliseEndpoint } from './endpoint';
import { findSecrets } from './secret-scan';

/** A registration that is ready to be stored: complete, normalised and valid for its provider. */
export type Registration = Omit<NewIntegration, 'id' | 'tenantId'>;

/** Reads the body of `POST /integrations`. Reports all invalid fields at once. Makes no calls. */
export function readRegistration(body: unknown, registry: ProviderRegistry): Validated<Registration> {
  const secrets = findSecrets(body);
  if (secrets.length > 0) return { ok: false, errors: secrets };
  const request = validate(CreateIntegrationRequest, body);
  if (!request.ok) return request;
  return checkAgainstProvider(request.value, registry);
}

function checkAgainstProvider(request: CreateIntegrationRequest, registry: ProviderRegistry): Validated<Registration> {
  const checked = registry.validateConfig(request.provider, request.config);
  const plugin = registry.find(request.provider);
  if (!plugin) return { ok: false, errors: errorsOf(checked) };

  const endpoint = endpointOf(request, plugin);
  const authRef = authRefOf(request, plugin);
  const errors = [
    ...typeErrors(request, plugin),
    ...errorsOf(checked),
    ...errorsOf(endpoint),
    ...errorsOf(authRef),
    ...connectionErrors(request),
  ];
  if (!endpoint.ok || !authRef.ok || errors.length > 0) return { ok: false, errors };
  const { name, type, provider, config, tags, enabled, posting, healthCheck } = request;
  const registration = {
    name,
    description: request.description ?? null,
    type,
    provider,
    endpoint: endpoint.value,
    authRef: authRef.value,
    config,
    tags,
    enabled,
    posting,
    intervalSeconds: healthCheck.intervalSeconds,
  };
  return { ok: true, value: registration };
}

function typeErrors({ type, posting }: CreateIntegrationRequest, plugin: ConnectorPlugin): FieldError[] {
  if (type !== plugin.type) {
    return [{ field: 'type', message: `must be ${plugin.type}, the type of provider ${plugin.provider}` }];
  }
  if (type === 'scm' || posting === 'online') return [];
  return [{ field: 'posting', message: 'can be offline only for an scm integration: others post nothing' }];
}

function endpointOf({ endpoint }: CreateIntegrationRequest, plugin: ConnectorPlugin): Validated<string> {
  const wrong = (message: string) => ({ ok: false as const, errors: [{ field: 'endpoint', message }] });
  if (endpoint === undefined) {
    if (plugin.defaultEndpoint !== null) return { ok: true, value: plugin.defaultEndpoint };
    return wrong(`is required: provider ${plugin.provider} has no public address`);
  }
  if (socketPathOf(endpoint) === null || plugin.unixSocket) return normaliseEndpoint(endpoint);
  return wrong(`must be an http or https URL: provider ${plugin.provider} does not support unix sockets`);
}

function authRefOf({ authRef }: CreateIntegrationRequest, plugin: ConnectorPlugin): Validated<string | null> {
  if (authRef === undefined) {
    if (!plugin.credential.required) return { ok: true, value: null };
    const message = `is required by provider ${plugin.provider}: ${plugin.credential.description}`;
    return { ok: false, errors: [{ field: 'authRef', message }] };
  }
  return readAuthRef('authRef', authRef);
}

function connectionErrors({ config }: CreateIntegrationRequest): FieldError[] {
  const connection = readConnection(config);
  const refs = connection.ok ? Object.entries(refsOf(connection.value)) : [];
  return refs.flatMap(([field, ref]) => errorsOf(readAuthRef(`config.connection.${field}`, ref)));
}

function readAuthRef(field: string, authRef: string): Validated<string> {
  try {
    return { ok: true, value: parseAuthRef(authRef).canonical };
  } catch (error) {
    if (!(error instanceof AuthRefError)) throw error;
    return { ok: false, errors: [{ field, message: error.message }] };
  }
}

export function errorsOf(checked: Validated<unknown>): readonly FieldError[] {
  return checked.ok ? [] : checked.errors;
}
