import fc from 'fast-check';
import { parseAuthRef } from '../../auth-ref/auth-ref';
import { SecretStoreError } from '../secret-store';
import { tenantName } from './tenant-name';

function nameOf(prefix: string, tenantId: string, path: string): string | null {
  try {
    return tenantName(prefix, { tenantId, ref: parseAuthRef(`authref://aws/${path}`) });
  } catch (error) {
    if (error instanceof SecretStoreError && error.code === 'denied') return null;
    throw error;
  }
}

describe('tenantName', () => {
  it('puts the tenant into the prefix and appends the path', () => {
    expect(nameOf('integrations/{tenant}/', 'a-b', 'github/key')).toBe('integrations/a-b/github/key');
    expect(nameOf('{tenant}--', 'a-b', 'key')).toBe('a-b--key');
  });

  it.each([
    ['{tenant}-', 'a-b'],
    ['{tenant}--', 'a--b'],
    ['{tenant}--', 'a-'],
    ['x_{tenant}_', 'a_b'],
    ['no-place/', 'acme'],
    ['no-separator-{tenant}', 'acme'],
    ['{tenant}/', ''],
    ['{tenant}/', '../acme'],
    ['{tenant}/', 'other/acme'],
    ['{tenant}/', 'ACME'],
  ])('denies, with the prefix %s, the tenant %j, whose names would be ambiguous', (prefix, tenantId) => {
    expect(nameOf(prefix, tenantId, 'key')).toBeNull();
  });

  it('never gives two tenants the same name, whatever their paths', () => {
    const prefix = fc.constantFrom('i/{tenant}/', 'i-{tenant}--', '{tenant}-', '{tenant}_', '{tenant}-_');
    // Few different characters, so that names often collide.
    const tenant = fc.stringMatching(/^[ab][ab_-]{0,4}$/);
    const path = fc.stringMatching(/^[ab_-]{1,6}$/);
    fc.assert(
      fc.property(prefix, tenant, path, tenant, path, (by, one, onePath, other, otherPath) => {
        fc.pre(one !== other);
        const name = nameOf(by, one, onePath);
        return name === null || name !== nameOf(by, other, otherPath);
      }),
      { numRuns: 20_000 },
    );
  });
});
