import { CommandError } from './command';
import { createToken } from './token';

describe('token create', () => {
  it.each([[['typo']], [['integrations:read', 'typo']], [['all', 'typo']]])(
    'creates no token for the scopes %j: one of them does not exist',
    async (scopes) => {
      const making = createToken.run(['--name', 'ci', ...scopes.flatMap((scope) => ['--scope', scope])]);
      await expect(making).rejects.toThrow(CommandError);
      await expect(making).rejects.toThrow('--scope must be one of: all, integrations:read');
    },
  );
});
