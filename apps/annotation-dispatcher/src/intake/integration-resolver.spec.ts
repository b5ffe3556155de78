import type { IntegrationRow } from '@integrations/database';
import { KnownIntegrations } from '../known-integrations';
import { IntegrationResolver } from './integration-resolver';

const rows = Array.from(
  { length: 60 },
  (_, n) => ({ id: `id-${n}`, name: `name ${n}`, provider: 'forge' }) as IntegrationRow,
);

it('names some of many integrations that could be meant, and reads no more', async () => {
  const listEnabled = async (_tenant: string, _type: string, limit: number) => rows.slice(0, limit);
  const integrations = { find: async () => null, listEnabled };
  const resolver = new IntegrationResolver(integrations, { find: () => undefined }, new KnownIntegrations());
  await expect(resolver.resolve('acme', undefined, [])).rejects.toMatchObject({
    message: 'integrationId: is absent, and more than 50 enabled SCM integrations could be meant',
    details: { length: 50 },
  });
});
