import { ScmCommentRequest } from '@integrations/contracts';
import { describeProviderConformance, type FakeVendor } from '../conformance';
import { FakeForge, TOKEN } from './fake-forge';
import { createForgePlugin } from './plugin';

describeProviderConformance({
  createPlugin: createForgePlugin,
  config: { workspace: 'acme' },
  credential: TOKEN,
  requests: {
    comment: Object.assign(new ScmCommentRequest(), {
      ...{ owner: 'acme', repository: 'shop', pullRequestNumber: 7 },
      body: 'Two findings.',
    }),
  },
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const forge = await FakeForge.start();
  return {
    url: forge.url,
    stored: () => forge.ours.length,
    secrets: () => [],
    reset: () => forge.reset(),
    stop: () => forge.close(),
  };
}
