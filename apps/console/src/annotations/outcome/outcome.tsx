import type { ScmOperationView, ScmPublishResponse } from '@integrations/contracts';
import { Failure } from './failure';
import { PublishedSections } from './published-sections';
import { Truncations } from './truncations';
import { Written } from './written';

/** The full outcome of an operation. For a failed publish, also the parts that were posted nevertheless. */
export function Outcome({ operation: { operation, outcome } }: { operation: ScmOperationView }) {
  if (!outcome) return <Nothing />;
  const { result, success } = outcome;
  return (
    <>
      <h2>Outcome</h2>
      {!success && <Failure outcome={outcome} />}
      {result && <Written result={result} />}
      {result && result.truncated.length > 0 && <Truncations truncated={result.truncated} />}
      {result && operation === 'publish' && <PublishedSections published={result as ScmPublishResponse} />}
    </>
  );
}

function Nothing() {
  return (
    <>
      <h2>Outcome</h2>
      <p className="quiet">No outcome yet.</p>
    </>
  );
}
