import { CATALOG_SCOPE, furtherScopes, grantedBy, missingFrom, repositoryScope } from './scopes';
import { claimsOf } from './token-claims';

const PULL = repositoryScope('team/app');
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('The scopes of a token', () => {
  const granted = (access: unknown) => grantedBy(claimsOf(`${part({})}.${part({ access })}.x`)!)!;

  it.each([
    ['all granted', [{ type: 'repository', name: 'team/app', actions: ['pull', 'push'] }], [PULL], []],
    ['none granted', [], [PULL], [PULL]],
    ['another repository', [{ type: 'repository', name: 'team', actions: ['pull'] }], [PULL], [PULL]],
    ['another action', [{ type: 'repository', name: 'team/app', actions: ['push'] }], [PULL], [PULL]],
    ['every action', [{ type: 'repository', name: 'team/app', actions: ['*'] }], [PULL], []],
    ['the catalog', [{ type: 'registry', name: 'catalog', actions: ['*'] }], [CATALOG_SCOPE], []],
    [
      'half of them granted',
      [{ type: 'repository', name: 'a:5000/b', actions: ['pull'] }],
      [repositoryScope('a:5000/b', ['pull', 'metadata_read'])],
      ['repository:a:5000/b:metadata_read'],
    ],
    ['malformed claims', [null, 7, { type: 'repository', name: 'team/app', actions: 'pull' }], [PULL], [PULL]],
  ])('are compared with the requested ones: %s', (_what, access, asked, missing) => {
    expect(missingFrom(granted(access), asked)).toEqual(missing);
  });

  it.each(['opaque', 'a.b', 'a.b.c', `${part({})}.${part([])}.x`, `${part({})}.${part('x')}.x`, 'a.b.c.d', ''])(
    'are unknown for %j',
    (token) => {
      expect(claimsOf(token)?.access).toBeUndefined();
    },
  );
});

describe('furtherScopes', () => {
  it.each([
    ['reading of the same repository', 'repository:team/app:metadata_read', ['repository:team/app:metadata_read']],
    ['a scope that is requested anyway', 'repository:team/app:pull', []],
    ['writing', 'repository:team/app:pull,push,delete,*', []],
    ['another repository', 'repository:team/other:pull', []],
    ['the catalog', CATALOG_SCOPE, []],
    ['nothing', undefined, []],
  ])('adds only read scopes of the same repository: %s', (_what, asked, further) => {
    expect(furtherScopes(asked, [PULL])).toEqual(further);
  });
});
