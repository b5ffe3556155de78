import type { ProviderDescriptor } from '@integrations/contracts';

/** The permissions that the credential needs at the vendor. */
export function RequiredScopes({ provider: { requiredScopes } }: { provider: ProviderDescriptor }) {
  if (requiredScopes.length === 0) return null;
  return (
    <p className="quiet">
      The credential needs <code>{requiredScopes.join(', ')}</code>
    </p>
  );
}
