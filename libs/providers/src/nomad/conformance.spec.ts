import { describeProviderConformance, type FakeVendor } from '../../../../test/support/conformance';
import { startNomad, TOKEN } from './__fixtures__/fake-nomad';
import { createNomadPlugin } from './plugin';

describeProviderConformance({
  createPlugin: createNomadPlugin,
  config: {},
  credential: TOKEN,
  requests: {},
  harmless: [
    // The version is shown only to tokens that may read agents.
    { fault: 'answers 403', request: /\/agent\/self/ },
    // An allocation may end between two calls.
    { fault: 'answers 404', request: /\/allocation\// },
  ],
  vendor: { wire: { start: startVendor } },
});

async function startVendor(): Promise<FakeVendor> {
  const { nomad, url } = await startNomad();
  return { url, stored: () => 0, secrets: () => [], reset: () => undefined, stop: () => nomad.close() };
}
