import { ApiProblem } from '../api/problem';
import { duration } from './duration';
import { FieldErrorList } from './field-error-list';

interface ProblemProps {
  readonly error: Error;
  /** Fields whose errors are shown beside them and so not here. */
  readonly shownElsewhere?: (field: string) => boolean;
  readonly onRetry?: () => void;
}

/** Says why something did not work, with each wrong field. */
export function Problem({ error, shownElsewhere = () => false, onRetry }: ProblemProps) {
  const all = error instanceof ApiProblem ? error.details : [];
  const details = all.filter(({ field }) => !shownElsewhere(field));
  // The message of such a problem tells the same that stands beside the fields.
  const isElsewhere = all.length > 0 && details.length === 0;
  return (
    <div className="notice bad" role="alert">
      <strong>{error instanceof ApiProblem ? error.title : 'Something went wrong'}</strong>
      <p>{isElsewhere ? 'Correct the fields that are marked.' : error.message}</p>
      {error instanceof ApiProblem && error.retryAfterSeconds !== null && (
        <p>It may be tried again after {duration(error.retryAfterSeconds * 1_000)}.</p>
      )}
      <FieldErrorList errors={details} />
      {onRetry && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
