import { TENANT_PATTERN } from '@integrations/contracts';
import { SecretStoreError, type StoreRequest } from '../secret-store';

const PLACE = '{tenant}';

/**
 * The name of a secret in a store with flat names: the prefix with the tenant filled in, then the path. No path of one
 * tenant can name a secret of another: the tenant ends at the first occurrence of its separator, the text after `{tenant}`.
 * A tenant whose name makes this ambiguous is refused: with the prefix `{tenant}-`, tenant `a-b` could read what tenant `a`
 * keeps as `b-…`. Throws SecretStoreError `denied`.
 */
export function tenantName(prefix: string, { tenantId, ref }: StoreRequest): string {
  const [head = '', separator = ''] = prefix.split(PLACE);
  const isApart = (tenantId + separator).indexOf(separator) === tenantId.length;
  if (!TENANT_PATTERN.test(tenantId) || !isApart) {
    throw new SecretStoreError('denied', 'the name of the tenant is ambiguous with the prefix of this store');
  }
  return head + tenantId + separator + ref.path;
}
