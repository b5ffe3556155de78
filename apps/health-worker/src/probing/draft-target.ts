import type { FieldError, ProbeDraftRequest, Validated } from '@integrations/contracts';
import type { IntegrationRow } from '@integrations/database';
import { PLACE, placeIn, type RegisteredIntegration } from '@integrations/providers';
import { v7 as uuidv7 } from 'uuid';

/** What completes a draft: the integration whose credential it uses, or the provider's public address. */
export interface DraftBasis {
  readonly tenantId: string;
  readonly saved: Pick<IntegrationRow, 'id' | 'provider' | 'endpoint' | 'authRef' | 'config'> | null;
  readonly defaultEndpoint: string | null;
}

/** The draft as an integration to probe. A saved credential goes only where the saved integration sends it. */
export function targetOf(draft: ProbeDraftRequest, basis: DraftBasis): Validated<RegisteredIntegration> {
  const { saved, tenantId } = basis;
  const { provider, config } = draft;
  if (saved) {
    const errors = foreignFields(draft, saved);
    if (errors.length > 0) return { ok: false, errors };
    const { id, endpoint, authRef } = saved;
    const value = { id, tenantId, provider, endpoint, authRef, config: { ...config, ...placeIn(saved.config) } };
    return { ok: true, value };
  }
  const endpoint = draft.endpoint ?? basis.defaultEndpoint;
  if (endpoint !== null) {
    return { ok: true, value: { id: uuidv7(), tenantId, provider, endpoint, authRef: draft.authRef ?? null, config } };
  }
  const message = `is required: provider ${provider} has no public address`;
  return { ok: false, errors: [{ field: 'endpoint', message }] };
}

function foreignFields(draft: ProbeDraftRequest, saved: NonNullable<DraftBasis['saved']>): FieldError[] {
  const message = 'comes from the integration that integrationId names: leave it out';
  const given = [
    ...(draft.endpoint === undefined ? [] : ['endpoint']),
    ...(draft.authRef === undefined ? [] : ['authRef']),
    ...PLACE.filter((key) => key in draft.config).map((key) => `config.${key}`),
  ].map((field) => ({ field, message }));
  if (draft.provider === saved.provider) return given;
  return [...given, { field: 'provider', message: `must be ${saved.provider}, the provider of that integration` }];
}
