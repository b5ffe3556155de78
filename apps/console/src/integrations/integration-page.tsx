import type { IntegrationView } from '@integrations/contracts';
import { useParams } from 'react-router';
import { isUnknown } from '../api/problem';
import { Answer } from '../ui/answer';
import { PageHeading } from '../ui/page-heading';
import { Actions } from './page/actions';
import { useAttempt } from './page/change';
import { DeletedActions } from './page/deleted-actions';
import { PageHead } from './page/page-head';
import { Tabs } from './page/tabs';
import { UnknownIntegration } from './page/unknown-integration';
import { useIntegration } from './page/use-integration';

/** One integration: its details, its health and its actions. */
export function IntegrationPage() {
  const { id = '' } = useParams();
  const integration = useIntegration(id);
  if (isUnknown(integration.error)) return <UnknownIntegration id={id} />;
  return (
    <>
      {!integration.data && <PageHeading>Integration</PageHeading>}
      <Answer to={integration}>{(known) => <Known key={id} integration={known} />}</Answer>
    </>
  );
}

function Known({ integration }: { integration: IntegrationView }) {
  // Shared by both kinds of actions, because someone else may delete or restore the integration meanwhile.
  const attempts = useAttempt();
  const Possible = integration.deletedAt ? DeletedActions : Actions;
  return (
    <>
      <PageHead integration={integration} />
      <Possible integration={integration} attempts={attempts} />
      <Tabs integration={integration} />
    </>
  );
}
