import type { OperationResult } from '@integrations/contracts';
import { duration } from '../../ui/duration';
import { FieldErrorList } from '../../ui/field-error-list';

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
      <FieldErrorList errors={details} />
    </div>
  );
}

/** True if the operation ended on purpose, which is not a failure. */
function isEnded(errorCode: string | null): boolean {
  return errorCode === 'cancelled' || errorCode === 'superseded';
}
