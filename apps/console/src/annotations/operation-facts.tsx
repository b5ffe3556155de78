import type { ScmOperationView } from '@integrations/contracts';
import { Link } from 'react-router';
import { queryString } from '../api/call';
import { IntegrationLink } from '../integrations/integration-link';
import { nameOf, useProviders } from '../integrations/providers';
import { duration } from '../ui/duration';
import { Moment } from '../ui/moment';
import styles from './facts.module.css';

/** What was asked for and when, apart from what became of it. */
export function OperationFacts({ operation }: { operation: ScmOperationView }) {
  const { data: providers } = useProviders();
  const { owner, repository, prNumber, commitSha, integrationId, ending } = operation;
  return (
    <section className={`card ${styles['facts']}`} aria-label="Facts">
      <dl className="facts">
        <dt>Operation</dt>
        <dd>
          <code>{operation.operationId}</code>
        </dd>
        <dt>Integration</dt>
        <dd>
          <IntegrationLink id={integrationId} /> <span className="quiet">{nameOf(operation.provider, providers)}</span>
        </dd>
        <dt>Repository</dt>
        <dd>
          <Others query={{ owner, repository }}>{`${owner}/${repository}`}</Others>
        </dd>
        {prNumber !== null && (
          <>
            <dt>Pull request</dt>
            <dd>
              <Others query={{ owner, repository, prNumber }}>{`#${prNumber}`}</Others>
            </dd>
          </>
        )}
        {commitSha !== null && (
          <>
            <dt>Commit</dt>
            <dd>
              <Others query={{ owner, repository, commitSha }}>{commitSha}</Others>
            </dd>
          </>
        )}
        <Timings of={operation} />
        {ending && (
          <>
            <dt>Ends as</dt>
            <dd>{ending}, once a check run that it left half made is concluded</dd>
          </>
        )}
      </dl>
    </section>
  );
}

/** All operations with the same target. */
function Others({ query, children }: { query: Parameters<typeof queryString>[0]; children: string }) {
  return <Link to={`/annotations${queryString(query)}`}>{children}</Link>;
}

function Timings({ of: { acceptedAt, finishedAt, nextAttemptAt, attempts } }: { of: ScmOperationView }) {
  return (
    <>
      <dt>Accepted</dt>
      <dd>
        <Moment at={acceptedAt} />
      </dd>
      <dt>Finished</dt>
      <dd>{finishedAt ? <Moment at={finishedAt} /> : 'not yet'}</dd>
      {finishedAt && (
        <>
          <dt>Took</dt>
          <dd>{duration(Date.parse(finishedAt) - Date.parse(acceptedAt))}</dd>
        </>
      )}
      <dt>Attempts</dt>
      <dd>{attempts}</dd>
      {nextAttemptAt && (
        <>
          <dt>Next attempt</dt>
          <dd>
            <Moment at={nextAttemptAt} />
          </dd>
        </>
      )}
    </>
  );
}
