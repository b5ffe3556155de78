import { TENANT_PATTERN } from '@integrations/contracts';
import { SecretStoreError, type StoreRequest } from '../secret-store';

const PLACE = '{tenant}';

/**
 * What a reference names in a store whose names are flat: the prefix with the tenant in it, and then the path. No path
 * of one tenant names what belongs to another: the tenant ends where its separator, the text after `{tenant}`, begins
 * first. A tenant that makes this uncertain is refused: with the prefix `{tenant}-`, `a-b` could read what `a` keeps as
 * `b-…`. Throws SecretStoreError `denied`.
 */
export function tenantName(prefix: string, { tenantId, ref }: StoreRequest): string {
  const [head = '', separator = ''] = prefix.split(PLACE);
  const isApart = (tenantId + separator).indexOf(separator) === tenantId.length;
  if (!TENANT_PATTERN.test(tenantId) || !isApart) {
    throw new SecretStoreError('denied', 'the name of the tenant cannot be told apart from others in this store');
  }
  return head + tenantId + separator + ref.path;
}
