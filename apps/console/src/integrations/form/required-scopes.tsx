import type { ProviderDescriptor } from '@integrations/contracts';

/** What the credential has to be allowed at the vendor. */
export function RequiredScopes({ provider: { requiredScopes } }: { provider: ProviderDescriptor }) {
  if (requiredScopes.length === 0) return null;
  return (
    <p className="quiet">
      The credential needs <code>{requiredScopes.join(', ')}</code>
    </p>
  );
}
