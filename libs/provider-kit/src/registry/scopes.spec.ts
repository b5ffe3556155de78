import { CATALOG_SCOPE, furtherScopes, grantedBy, missingFrom, repositoryScope } from './scopes';
import { claimsOf } from './token-claims';

const PULL = repositoryScope('team/app');
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('What a token allows', () => {
  const granted = (access: unknown) => grantedBy(claimsOf(`${part({})}.${part({ access })}.x`)!)!;

  it.each([
    ['all of it', [{ type: 'repository', name: 'team/app', actions: ['pull', 'push'] }], [PULL], []],
    ['nothing', [], [PULL], [PULL]],
    ['another repository', [{ type: 'repository', name: 'team', actions: ['pull'] }], [PULL], [PULL]],
    ['another action', [{ type: 'repository', name: 'team/app', actions: ['push'] }], [PULL], [PULL]],
    ['every action', [{ type: 'repository', name: 'team/app', actions: ['*'] }], [PULL], []],
    ['the catalog', [{ type: 'registry', name: 'catalog', actions: ['*'] }], [CATALOG_SCOPE], []],
    [
      'half of it',
      [{ type: 'repository', name: 'a:5000/b', actions: ['pull'] }],
      [repositoryScope('a:5000/b', ['pull', 'metadata_read'])],
      ['repository:a:5000/b:metadata_read'],
    ],
    ['what cannot be read', [null, 7, { type: 'repository', name: 'team/app', actions: 'pull' }], [PULL], [PULL]],
  ])('is compared with what was asked for: %s', (_what, access, asked, missing) => {
    expect(missingFrom(granted(access), asked)).toEqual(missing);
  });

  it.each(['opaque', 'a.b', 'a.b.c', `${part({})}.${part([])}.x`, `${part({})}.${part('x')}.x`, 'a.b.c.d', ''])(
    'is not known of %j',
    (token) => {
      expect(claimsOf(token)?.access).toBeUndefined();
    },
  );
});

describe('What a registry asks for beside', () => {
  it.each([
    ['reading of the same repository', 'repository:team/app:metadata_read', ['repository:team/app:metadata_read']],
    ['what is asked for anyway', 'repository:team/app:pull', []],
    ['writing', 'repository:team/app:pull,push,delete,*', []],
    ['another repository', 'repository:team/other:pull', []],
    ['the catalog', CATALOG_SCOPE, []],
    ['nothing', undefined, []],
  ])('is given only for reading what is read: %s', (_what, asked, further) => {
    expect(furtherScopes(asked, [PULL])).toEqual(further);
  });
});
