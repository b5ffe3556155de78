import type { OperationResult } from '@integrations/contracts';
import { duration } from '../../ui/duration';

/** Why nothing was posted. */
export function Failure({ outcome }: { outcome: OperationResult<unknown> }) {
  const { errorCode, errorMessage, isTransient, skippedOffline, retryAfterMs, details } = outcome;
  return (
    <div className={`notice ${skippedOffline ? 'warn' : isEnded(errorCode) ? '' : 'bad'}`}>
      <strong>
        <code>{errorCode}</code>
      </strong>
      <p>{errorMessage}</p>
      {isTransient && <p>The same request may succeed later without any change.</p>}
      {retryAfterMs !== null && <p>Wait {duration(retryAfterMs)} before trying again.</p>}
      {details.length > 0 && (
        <ul>
          {details.map(({ field, message }) => (
            <li key={`${field} ${message}`}>
              {field !== '' && <code>{field}</code>} {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** As somebody wanted, which is no failure. */
function isEnded(errorCode: string | null): boolean {
  return errorCode === 'cancelled' || errorCode === 'superseded';
}
