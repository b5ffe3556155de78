import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { FakeKubernetes, metadata, TOKEN } from '../../../../test/support/fake-kubernetes';
import { createTektonPlugin } from './plugin';

const PIPELINES = ['build', 'deploy', 'scan'].map((name) => ({
  metadata: metadata('shop', name),
  spec: {},
  status: {},
}));
const RUNS = [
  ['build-1', '2026-11-26T07:10:00Z', 'a'],
  ['build-2', '2026-11-26T07:30:00Z', 'b'],
  ['deploy-1', '2026-11-26T07:20:00Z', 'a'],
].map(([name = '', creationTimestamp = '', digit = '']) => {
  const sha = { 'pipelinesascode.tekton.dev/sha': digit.repeat(40) };
  return {
    metadata: metadata('shop', name, { creationTimestamp, labels: sha, annotations: sha }),
    spec: { pipelineRef: { name: name.slice(0, -2) } },
    status: { conditions: [{ type: 'Succeeded', status: 'True', reason: 'Succeeded' }] },
  };
});

describeProviderConformance({
  createPlugin: createTektonPlugin,
  config: {},
  credential: TOKEN,
  requests: { runs: {} },
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
      Object.assign(cluster.state.objects, { pipelines: PIPELINES, pipelineruns: RUNS });
    },
    stop: () => cluster.close(),
  };
}
