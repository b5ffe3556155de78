import { DatabaseError } from '@integrations/database';
import { SecretStoreError } from '@integrations/secrets';
import { CommandError } from './command';
import { whyOf } from './why';

describe('whyOf', () => {
  it('adds the underlying cause, so that a failing secret store does not hide that PostgreSQL went away', () => {
    const cause = new DatabaseError('terminating connection due to administrator command', '57P01', null);
    const error = new SecretStoreError('unavailable', 'the local store cannot be read', { cause });
    expect(whyOf(error)).toBe('the local store cannot be read: terminating connection due to administrator command');
  });

  it('does not repeat a cause that the message already contains', () => {
    const cause = new CommandError('--name is missing');
    expect(whyOf(new CommandError('--name is missing\n\n  token create', { cause }))).toBe(
      '--name is missing\n\n  token create',
    );
    expect(whyOf(cause)).toBe('--name is missing');
  });
});
