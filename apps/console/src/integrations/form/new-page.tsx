import type { IntegrationView, ProviderDescriptor } from '@integrations/contracts';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { callApi } from '../../api/call';
import { Answer } from '../../ui/answer';
import { PageHeading } from '../../ui/page-heading';
import { pathOf } from '../page/use-integration';
import { useProviders } from '../providers';
import { TYPE_NAMES } from '../words';
import { newDraft } from './drafts';
import { sectionsFor } from './general-fields';
import { IntegrationForm, type RequestBody } from './integration-form';
import { ProviderChoice } from './provider-choice';
import { RequestKey } from './request-key';
import { RequiredScopes } from './required-scopes';
import { valuesOf } from './values';

/** Registers an integration. The user first chooses the provider, which is kept in the URL, then fills in the form. */
export function NewIntegrationPage() {
  const [params] = useSearchParams();
  const providers = useProviders();
  const provider = providers.data?.find((known) => known.available && known.provider === params.get('provider'));
  return (
    <>
      <PageHeading>{provider ? `New integration with ${provider.displayName}` : 'New integration'}</PageHeading>
      <Answer to={providers}>
        {(known) =>
          provider ? <Registering key={provider.provider} provider={provider} /> : <ProviderChoice providers={known} />
        }
      </Answer>
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
        continueAt={({ id }) => `${pathOf(id)}/edit`}
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
