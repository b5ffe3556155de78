import type { ScmOperationView, ScmPublishResponse } from '@integrations/contracts';
import { Failure } from './failure';
import { PublishedSections } from './published-sections';
import { Truncations } from './truncations';
import { Written } from './written';

/** What became of an operation, in full; of a failed publish also what was posted nevertheless. */
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
      <p className="quiet">There is none yet.</p>
    </>
  );
}
