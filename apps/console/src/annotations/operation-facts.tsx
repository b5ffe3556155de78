import type { ScmOperationView } from '@integrations/contracts';
import { Link } from 'react-router';
import { queryString } from '../api/call';
import { IntegrationLink } from '../integrations/integration-link';
import { nameOf, useProviders } from '../integrations/providers';
import { duration } from '../ui/duration';
import { Moment } from '../ui/moment';
import styles from './facts.module.css';
import { Fact } from '../ui/fact';

/** What was requested and when. The outcome is shown elsewhere. */
export function OperationFacts({ operation }: { operation: ScmOperationView }) {
  const { data: providers } = useProviders();
  const { owner, repository, prNumber, commitSha, integrationId, ending } = operation;
  return (
    <section className={`card ${styles['facts']}`} aria-label="Facts">
      <dl className="facts">
        <Fact term="Operation">
          <code>{operation.operationId}</code>
        </Fact>
        <Fact term="Integration">
          <IntegrationLink id={integrationId} /> <span className="quiet">{nameOf(operation.provider, providers)}</span>
        </Fact>
        <Fact term="Repository">
          <Others query={{ owner, repository }}>{`${owner}/${repository}`}</Others>
        </Fact>
        {prNumber !== null && (
          <Fact term="Pull request">
            <Others query={{ owner, repository, prNumber }}>{`#${prNumber}`}</Others>
          </Fact>
        )}
        {commitSha !== null && (
          <Fact term="Commit">
            <Others query={{ owner, repository, commitSha }}>{commitSha}</Others>
          </Fact>
        )}
        <Timings of={operation} />
        {ending && <Fact term="Ends as">{ending}, once the check run that it left unfinished is concluded</Fact>}
      </dl>
    </section>
  );
}

/** Link to all operations with the same target. */
function Others({ query, children }: { query: Parameters<typeof queryString>[0]; children: string }) {
  return <Link to={`/annotations${queryString(query)}`}>{children}</Link>;
}

function Timings({ of: { acceptedAt, finishedAt, nextAttemptAt, attempts } }: { of: ScmOperationView }) {
  return (
    <>
      <Fact term="Accepted">
        <Moment at={acceptedAt} />
      </Fact>
      <Fact term="Finished">{finishedAt ? <Moment at={finishedAt} /> : 'not yet'}</Fact>
      {finishedAt && <Fact term="Took">{duration(Date.parse(finishedAt) - Date.parse(acceptedAt))}</Fact>}
      <Fact term="Attempts">{attempts}</Fact>
      {nextAttemptAt && (
        <Fact term="Next attempt">
          <Moment at={nextAttemptAt} />
        </Fact>
      )}
    </>
  );
}
