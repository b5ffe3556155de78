import type { IntegrationView, ProviderDescriptor } from '@integrations/contracts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { callApi } from '../../api/call';
import { isUnknown } from '../../api/problem';
import { PageHeading } from '../../ui/page-heading';
import { Problem } from '../../ui/problem';
import { pathOf } from '../page/use-integration';
import { UnknownIntegration } from '../page/unknown-integration';
import { useProviders } from '../providers';
import { EditForm } from './edit-form';
import type { Values } from './values';

/** Edits an integration. Type and provider cannot be changed. */
export function EditIntegrationPage() {
  const { id = '' } = useParams();
  const path = pathOf(id);
  const integration = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => callApi<IntegrationView>(path, { signal }),
    refetchOnMount: 'always',
  });
  // Ignore cached data, which may be out of date: the form keeps the state that it starts with.
  const data = integration.isFetchedAfterMount ? integration.data : undefined;
  const providers = useProviders();
  const error = integration.error ?? providers.error;
  const retry = () => void Promise.all([integration.refetch(), providers.refetch()]);
  // Keep showing the form if the integration is deleted meanwhile: it may be restored, and the input would be lost.
  if (isUnknown(integration.error) && !data) return <UnknownIntegration id={id} />;
  return (
    <>
      <PageHeading>{data ? `Edit ${data.name}` : 'Edit'}</PageHeading>
      {error && !data && <Problem error={error} onRetry={retry} />}
      {data && providers.data ? (
        <Editing
          key={id}
          integration={data}
          provider={providers.data.find(({ provider }) => provider === data.provider)}
          reload={() => integration.refetch({ throwOnError: true })}
        />
      ) : (
        !error && <p className="quiet">Loading …</p>
      )}
    </>
  );
}

interface EditingProps {
  readonly integration: IntegrationView;
  readonly provider: ProviderDescriptor | undefined;
  readonly reload: () => Promise<unknown>;
}

/** A form keeps the state that it started with, so a new state needs a new form. */
function Editing({ integration, provider, reload }: EditingProps) {
  const [round, setRound] = useState(0);
  const [changes, setChanges] = useState<Values>({});
  if (!provider) {
    return (
      <p className="notice warn">
        The plugin for provider <code>{integration.provider}</code> is not loaded, so its settings are not known.{' '}
        <Link to={`/integrations/${integration.id}`}>Back</Link>
      </p>
    );
  }
  const startOver = (kept: Values) => {
    setChanges(kept);
    setRound(round + 1);
  };
  return (
    <>
      {round > 0 && (
        <p key={round} className="notice" tabIndex={-1} ref={takeFocus}>
          The new state is loaded.
        </p>
      )}
      <EditForm
        key={`form ${round}`}
        integration={integration}
        provider={provider}
        changes={changes}
        reload={reload}
        onStartOver={startOver}
      />
    </>
  );
}

/** Takes the focus, because the element that had it is gone with the previous form. */
function takeFocus(element: HTMLElement | null): void {
  element?.focus();
}
