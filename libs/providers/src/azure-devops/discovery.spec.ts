import type { EgressClient } from '@integrations/provider-kit';
import { connect, startAcme } from '../../../../test/support/fake-azure-devops/connection';
import type { FakeAzureDevOps } from '../../../../test/support/fake-azure-devops/index';
import { loopbackEgress } from '../../../../test/support/fake-vendor/connection';
import { AzureDevOpsClient } from '../vendors/azure-devops/client';
import { AzureDevOpsConfig } from '../vendors/azure-devops/config';
import { azureDevOpsDiscovery } from './discovery';

describe('The repositories of an organization', () => {
  let azure: FakeAzureDevOps;
  let egress: EgressClient;

  beforeAll(async () => {
    egress = loopbackEgress();
    azure = await startAcme();
  });
  afterAll(async () => {
    await egress.close();
    await azure.stop();
    expect(azure.violations).toEqual([]);
  });

  const list = (limit: number, cursor: string | null = null) => {
    const { integration, deps } = connect(azure, egress, { config: new AzureDevOpsConfig() });
    const { repositories } = azureDevOpsDiscovery(new AzureDevOpsClient(integration, deps));
    return repositories!({ limit, cursor, q: null }, AbortSignal.timeout(60_000));
  };

  it('are listed for all projects, under the names that requests use', async () => {
    const { items } = await list(10);

    expect(items.map(({ owner, name }) => `${owner}/${name}`)).toEqual(['Web Shop/shop', 'Docs/site', 'Docs/old']);
    expect(items).toMatchObject([
      {
        ...{ url: `${azure.url}/Web%20Shop/_git/shop`, defaultBranch: 'main', visibility: 'private', archived: false },
      },
      { visibility: 'public', archived: false },
      { defaultBranch: null, archived: true },
    ]);
  });

  it('continue after the last one returned, even if one has been deleted in the meantime', async () => {
    const { items, nextCursor } = await list(2);
    azure.world.project('Docs').repositories.shift();

    expect(items).toHaveLength(2);
    expect(await list(2, nextCursor)).toMatchObject({ items: [{ name: 'old' }], nextCursor: null });
  });
});
