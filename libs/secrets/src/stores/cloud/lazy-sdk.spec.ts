import type { SecretStore } from '../secret-store';
import { AwsStore } from '../aws/aws-store';
import { AzureStore } from '../azure/azure-store';
import { GcpStore } from '../gcp/gcp-store';
import { loopbackEgress } from './__fixtures__/fake-cloud';
import { failureOf } from './__fixtures__/reading';

const mockLoaded: string[] = [];

// Makes the SDKs look as if they were not installed: loading one of them fails and is recorded.
function mockMissing(name: string): never {
  mockLoaded.push(name);
  throw Object.assign(new Error(`Cannot find package '${name}'`), { code: 'ERR_MODULE_NOT_FOUND' });
}

jest.mock('@aws-sdk/credential-providers', () => mockMissing('@aws-sdk/credential-providers'));
jest.mock('@smithy/signature-v4', () => mockMissing('@smithy/signature-v4'));
jest.mock('@aws-crypto/sha256-js', () => mockMissing('@aws-crypto/sha256-js'));
jest.mock('google-auth-library', () => mockMissing('google-auth-library'));
jest.mock('@azure/identity', () => mockMissing('@azure/identity'));

const egress = loopbackEgress();
const options = { egress, clock: { now: () => 0 }, hide: () => undefined };

describe('the cloud SDKs', () => {
  beforeEach(() => mockLoaded.splice(0));
  afterAll(() => egress.close());

  const stores: SecretStore[] = [
    new AwsStore({ ...options, region: 'eu-central-1', endpoint: 'http://127.0.0.1:1', prefix: '{tenant}/' }),
    new GcpStore({ ...options, project: 'p', endpoint: 'http://127.0.0.1:1', prefix: '{tenant}--' }),
    new AzureStore({ ...options, vaultUrl: 'http://127.0.0.1:1', prefix: '{tenant}--' }),
  ];

  it('are not loaded by importing the lib, creating the stores or checking their availability', async () => {
    const lib: typeof import('../../index') = await import('../../index');
    expect(lib.configuredStores).toBeInstanceOf(Function);
    expect(stores.map((store) => store.isAvailable())).toEqual(stores.map(() => ({ available: true })));
    expect(mockLoaded).toEqual([]);
  });

  it.each([
    ['aws', '@aws-sdk/credential-providers'],
    ['gcp', 'google-auth-library'],
    ['azure', '@azure/identity'],
  ])('are loaded at the first read, and the %s store is unavailable without %s', async (name, sdk) => {
    const store = stores.find((each) => each.name === name)!;
    const reason = `the package ${sdk} cannot be loaded`;
    expect(await failureOf(store, 'key')).toEqual(['unavailable', reason]);
    expect(mockLoaded).toEqual([sdk]);
    expect(store.isAvailable()).toEqual({ available: false, reason });
  });
});
