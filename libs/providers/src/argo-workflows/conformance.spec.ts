import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { FakeArgo, object, TOKEN } from './__fixtures__/fake-argo';
import { createArgoWorkflowsPlugin } from './plugin';

const LISTS = {
  'workflow-templates': [object('build'), object('deploy')],
  'cron-workflows': [object('nightly')],
  workflows: [
    object('build-1', { at: '2026-11-26T07:10:00Z', status: { phase: 'Running' } }),
    object('build-2', { at: '2026-11-26T07:30:00Z', status: { phase: 'Failed', finishedAt: '2026-11-26T07:31:00Z' } }),
    object('build-3', { at: '2026-11-26T07:20:00Z', status: { phase: 'Running' } }),
  ],
};

describeProviderConformance({
  createPlugin: createArgoWorkflowsPlugin,
  config: { namespace: 'ci' },
  credential: TOKEN,
  requests: { runs: {} },
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const argo = await FakeArgo.start();
  return {
    url: argo.url,
    stored: () => 0,
    secrets: () => [],
    reset: () => {
      if (argo.violations.length > 0) throw new Error(argo.violations.join('\n'));
      argo.reset();
      Object.assign(argo.state.lists, LISTS);
    },
    stop: () => argo.close(),
  };
}
