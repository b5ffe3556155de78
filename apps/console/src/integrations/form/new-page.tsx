import type { IntegrationView, ProviderDescriptor } from '@integrations/contracts';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { callApi } from '../../api/call';
import { Problem } from '../../ui/problem';
import { useProviders } from '../providers';
import { TYPE_NAMES } from '../words';
import { newDraft } from './drafts';
import { sectionsFor } from './general-fields';
import { IntegrationForm, type RequestBody } from './integration-form';
import { NeedsWrite } from './needs-write';
import { ProviderChoice } from './provider-choice';
import { RequestKey } from './request-key';
import { RequiredScopes } from './required-scopes';
import { valuesOf } from './values';

/** Registers an integration: first of which provider, which stands in the address, then the rest. */
export function NewIntegrationPage() {
  const [params] = useSearchParams();
  const { data: providers, error, refetch } = useProviders();
  const provider = providers?.find((known) => known.available && known.provider === params.get('provider'));
  return (
    <>
      <h1>{provider ? `New integration with ${provider.displayName}` : 'New integration'}</h1>
      <NeedsWrite>
        {error && <Problem error={error} onRetry={() => void refetch()} />}
        {!providers && !error && <p className="quiet">Loading …</p>}
        {providers && !provider && <ProviderChoice providers={providers} />}
        {provider && <Registering key={provider.provider} provider={provider} />}
      </NeedsWrite>
    </>
  );
}

function Registering({ provider }: { provider: ProviderDescriptor }) {
  const [requestKey] = useState(() => new RequestKey());
  const sections = sectionsFor(provider, true);
  const base = valuesOf(
    sections.flatMap(({ fields }) => fields),
    {},
  );
  return (
    <>
      <p>
        {TYPE_NAMES[provider.type]} · <Link to="/integrations/new">Choose another provider</Link>
      </p>
      <RequiredScopes provider={provider} />
      <IntegrationForm
        provider={provider}
        sections={sections}
        base={base}
        act="Register"
        draftOf={(request) => newDraft(provider, request)}
        save={(request) => register(newDraft(provider, request), requestKey)}
      />
    </>
  );
}

async function register(body: RequestBody, requestKey: RequestKey) {
  try {
    return await callApi<IntegrationView>('/integrations', {
      method: 'POST',
      body,
      idempotencyKey: requestKey.for(body),
    });
  } catch (error) {
    requestKey.failed(error as Error);
    throw error;
  }
}
