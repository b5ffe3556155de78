import type { ScmOperationView } from '@integrations/contracts';
import { VendorLink } from '../../ui/vendor-link';

/** The outcome of an operation, for a row of the ledger. */
export function OutcomeBrief({ outcome }: { outcome: ScmOperationView['outcome'] }) {
  if (!outcome) return <span className="quiet">not yet</span>;
  const { result, errorCode, errorMessage } = outcome;
  return (
    <>
      {errorCode && (
        <div className="clamped" title={errorMessage ?? undefined}>
          <code>{errorCode}</code> {errorMessage}
        </div>
      )}
      {result && (
        <div>
          {result.outcome} <VendorLink url={result.url} text="at the vendor" />
        </div>
      )}
    </>
  );
}
