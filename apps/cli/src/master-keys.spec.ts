import { exitStatusOf } from '@integrations/config';
import { requiredMasterKeys } from './master-keys';

it.each([
  ['missing', {}, 'SECRETS_MASTER_KEY_FILE: is missing, and so is SECRETS_MASTER_KEY'],
  ['unusable', { SECRETS_MASTER_KEY: 'short' }, 'SECRETS_MASTER_KEY: must be 32 bytes'],
])('a command with a %s master key ends as with any other wrong configuration', (_, env, message) => {
  let thrown: unknown;
  try {
    requiredMasterKeys(env);
  } catch (error) {
    thrown = error;
  }
  expect(String(thrown)).toContain(message);
  expect(exitStatusOf(thrown)).toBe(78);
});
