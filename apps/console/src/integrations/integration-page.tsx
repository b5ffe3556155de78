import type { IntegrationView } from '@integrations/contracts';
import { useParams } from 'react-router';
import { Problem } from '../ui/problem';
import { Actions } from './page/actions';
import { DeletedActions } from './page/deleted-actions';
import { PageHead } from './page/page-head';
import { Tabs } from './page/tabs';
import { UnknownIntegration } from './page/unknown-integration';
import { isUnknown, useIntegration } from './page/use-integration';

/** One integration: what it is, how it fares, and what can be done with it. */
export function IntegrationPage() {
  const { id = '' } = useParams();
  const { data: integration, error, refetch } = useIntegration(id);
  if (isUnknown(error)) return <UnknownIntegration id={id} />;
  return (
    <>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {integration && <Known key={id} integration={integration} />}
      {!integration && !error && <p className="quiet">Loading …</p>}
    </>
  );
}

function Known({ integration }: { integration: IntegrationView }) {
  return (
    <>
      <PageHead integration={integration} />
      {integration.deletedAt ? <DeletedActions integration={integration} /> : <Actions integration={integration} />}
      <Tabs integration={integration} />
    </>
  );
}
