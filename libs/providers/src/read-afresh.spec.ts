import { Secret, type SecretRequest, type SecretResolver } from '@integrations/provider-kit';
import { readAfresh } from './read-afresh';

it('A secret that is refused in a test is also forgotten by the underlying store', () => {
  const forgotten: SecretRequest[] = [];
  const secrets: SecretResolver = {
    resolve: () => Promise.resolve(new Secret('s3cret')),
    forget: (request) => void forgotten.push(request),
  };
  const request = { tenantId: 'acme', authRef: 'authref://env/SHOP', purpose: 'test', integrationId: 'i-1' } as const;
  readAfresh(secrets).forget(request);

  expect(forgotten).toEqual([request]);
});
