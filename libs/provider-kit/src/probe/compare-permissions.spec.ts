import { comparePermissions } from './compare-permissions';

describe('comparePermissions', () => {
  it('returns missing and excess permissions', () => {
    expect(comparePermissions(['pull', 'list'], ['pull', 'push'], 'token_claims')).toEqual({
      ...{ required: ['pull', 'list'], granted: ['pull', 'push'] },
      ...{ missing: ['list'], excess: ['push'], how: 'token_claims' },
    });
  });
});
