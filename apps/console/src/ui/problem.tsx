import { ApiProblem } from '../api/problem';

interface ProblemProps {
  readonly error: Error;
  /** Fields whose errors are shown beside them and so not here. */
  readonly shownElsewhere?: (field: string) => boolean;
  readonly onRetry?: () => void;
}

/** Says why something did not work, with each wrong field. */
export function Problem({ error, shownElsewhere = () => false, onRetry }: ProblemProps) {
  const details = error instanceof ApiProblem ? error.details.filter(({ field }) => !shownElsewhere(field)) : [];
  return (
    <div className="notice bad" role="alert">
      <strong>{error instanceof ApiProblem ? error.title : 'Something went wrong'}</strong>
      <p>{error.message}</p>
      {details.length > 0 && (
        <ul>
          {details.map(({ field, message }) => (
            <li key={`${field} ${message}`}>
              {field !== '' && <code>{field}</code>} {message}
            </li>
          ))}
        </ul>
      )}
      {onRetry && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
