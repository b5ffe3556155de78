import { comparePermissions } from './compare-permissions';

describe('comparePermissions', () => {
  it('tells what is missing and what is there beyond need', () => {
    expect(comparePermissions(['pull', 'list'], ['pull', 'push'], 'token_claims')).toEqual({
      ...{ required: ['pull', 'list'], granted: ['pull', 'push'] },
      ...{ missing: ['list'], excess: ['push'], how: 'token_claims' },
    });
  });
});
