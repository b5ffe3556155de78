import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { FakeKubernetes, pod, TOKEN } from '../../../../test/support/fake-kubernetes';
import { createKubernetesPlugin } from './plugin';

const PODS = [pod('shop', 'web'), pod('shop', 'api'), pod('billing', 'ledger'), pod('kube-system', 'dns')];

describeProviderConformance({
  createPlugin: createKubernetesPlugin,
  config: {},
  credential: TOKEN,
  requests: {},
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const cluster = await FakeKubernetes.start();
  return {
    url: cluster.url,
    stored: () => 0,
    secrets: () => [],
    reset: () => {
      if (cluster.violations.length > 0) throw new Error(cluster.violations.join('\n'));
      cluster.reset();
      cluster.state.objects['pods'] = PODS;
    },
    stop: () => cluster.close(),
  };
}
