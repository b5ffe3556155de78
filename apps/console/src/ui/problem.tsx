import { ApiProblem } from '../api/problem';
import { duration } from './duration';
import { FieldErrorList } from './field-error-list';

interface ProblemProps {
  readonly error: Error;
  /** True for fields whose errors are shown beside the field, and therefore not here. */
  readonly shownElsewhere?: (field: string) => boolean;
  readonly onRetry?: () => void;
}

/** Shows an error, with each invalid field. */
export function Problem({ error, shownElsewhere = () => false, onRetry }: ProblemProps) {
  const all = error instanceof ApiProblem ? error.details : [];
  const details = all.filter(({ field }) => !shownElsewhere(field));
  // The message would repeat what stands beside the fields.
  const isElsewhere = all.length > 0 && details.length === 0;
  return (
    <div className="notice bad" role="alert">
      <strong>{error instanceof ApiProblem ? error.title : 'Something went wrong'}</strong>
      <p>{isElsewhere ? 'Correct the marked fields.' : error.message}</p>
      {error instanceof ApiProblem && error.retryAfterSeconds !== null && (
        <p>Try again after {duration(error.retryAfterSeconds * 1_000)}.</p>
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
