import type { EgressClient } from '@integrations/provider-kit';
import { AwsStore } from '../aws/aws-store';
import type { Sign } from '../aws/aws-identity';
import { AzureStore } from '../azure/azure-store';
import { GcpStore } from '../gcp/gcp-store';
import type { SecretStore } from '../secret-store';
import { type CloudAnswer, FakeCloud, loopbackEgress, ScriptedIdentity } from './__fixtures__/fake-cloud';
import { failureOf, read } from './__fixtures__/reading';

const egress = loopbackEgress();
const clock = { now: () => Date.now() };
const hide = () => undefined;
const SOME_VERSION = '0123456789abcdef0123456789abcdef';
const sign: Sign = async ({ headers }) => ({ ...headers, authorization: 'Signature=aws-secret' });

interface Options {
  readonly timeoutMs?: number;
  readonly egress?: EgressClient;
}

/** For each of the three stores: how to create it at an address, and the cloud's answer for a secret with a given text. */
const STORES: Record<
  string,
  [create: (origin: string, options: Options) => SecretStore, answer: (text: string) => object]
> = {
  aws: [
    (endpoint, options) => {
      const identity = new ScriptedIdentity([sign]);
      return new AwsStore({
        region: 'eu-west-1',
        endpoint,
        prefix: '{tenant}/',
        identity,
        egress,
        clock,
        hide,
        ...options,
      });
    },
    (SecretString) => ({ SecretString, VersionId: SOME_VERSION }),
  ],
  gcp: [
    (endpoint, options) => {
      const identity = new ScriptedIdentity(['token-1']);
      return new GcpStore({ project: 'p', endpoint, prefix: '{tenant}--', identity, egress, clock, hide, ...options });
    },
    (text) => ({ name: 'projects/1/secrets/s/versions/1', payload: { data: Buffer.from(text).toString('base64') } }),
  ],
  azure: [
    (vaultUrl, options) => {
      const identity = new ScriptedIdentity(['token-1']);
      return new AzureStore({ vaultUrl, prefix: '{tenant}--', identity, egress, clock, hide, ...options });
    },
    (value) => ({ value, id: `https://v/secrets/s/${SOME_VERSION}` }),
  ],
};

describe.each(Object.entries(STORES))('the cloud store %s', (_name, [create, answerOf]) => {
  let answer: CloudAnswer;
  let cloud: FakeCloud;

  beforeEach(async () => {
    cloud = await FakeCloud.start(() => answer);
  });

  afterEach(() => cloud[Symbol.asyncDispose]());
  afterAll(() => egress.close());

  it.each<[string, CloudAnswer]>([
    ['a body that is not JSON', { status: 200, body: 'tok-123' }],
    ['JSON that is not an object', { status: 200, body: '["tok-123"]' }],
    ['an object without a secret', { status: 200, body: { hint: 'tok-123' } }],
    [
      'a number instead of the secret',
      { status: 200, body: { SecretString: 123, value: 123, payload: { data: 123 } } },
    ],
    ['no content', { status: 204, body: '' }],
    ["a proxy's 502", { status: 502, body: '<html>tok-123</html>' }],
    ["a proxy's 403", { status: 403, body: '<html>tok-123</html>' }],
    ["a proxy's 404", { status: 404, body: '<html>tok-123</html>' }],
  ])('is unavailable when it gets %s, and quotes none of it', async (_what, given) => {
    answer = given;
    expect((await failureOf(create(cloud.origin, {}), 'x'))[0]).toBe('unavailable');
  });

  it('denies a secret of more than 64 KiB', async () => {
    answer = { status: 200, body: answerOf('é'.repeat(32_768)) };
    expect((await read(create(cloud.origin, {}), 'x')).reveal()).toHaveLength(32_768);
    answer = { status: 200, body: answerOf('é'.repeat(32_768) + 'x') };
    expect(await failureOf(create(cloud.origin, {}), 'x')).toEqual(['denied', 'the secret is larger than 64 KiB']);
  });

  it('finds only text fields of a JSON secret', async () => {
    answer = { status: 200, body: answerOf('{"a":"b","n":1}') };
    const store = create(cloud.origin, {});
    expect((await read(store, 'x#a')).reveal()).toBe('b');
    expect((await failureOf(store, 'x#n'))[0]).toBe('not_found');
    expect((await failureOf(store, 'x#constructor'))[0]).toBe('not_found');
    answer = { status: 200, body: answerOf('tok-123') };
    expect((await failureOf(store, 'x#a'))[0]).toBe('not_found');
  });

  it('is unavailable when the cloud does not answer in time', async () => {
    answer = null;
    expect(await failureOf(create(cloud.origin, { timeoutMs: 50 }), 'x')).toEqual([
      'unavailable',
      'it did not answer in time',
    ]);
  });

  it("rejects with the signal's reason as soon as it aborts", async () => {
    answer = null;
    const controller = new AbortController();
    const reading = read(create(cloud.origin, {}), 'x', 'acme', controller.signal);
    while (cloud.calls.length === 0) await new Promise(setImmediate);
    controller.abort(new Error('given up'));
    await expect(reading).rejects.toThrow('given up');
    await expect(read(create(cloud.origin, {}), 'x', 'acme', AbortSignal.abort(new Error('gone')))).rejects.toThrow(
      'gone',
    );
    expect(cloud.calls).toHaveLength(1);
  });

  it('is unavailable when the cloud cannot be reached', async () => {
    const { origin } = cloud;
    await cloud[Symbol.asyncDispose]();
    expect(await failureOf(create(origin, {}), 'x')).toEqual(['unavailable', 'it cannot be reached (network)']);
    cloud = await FakeCloud.start(() => answer);
  });
});
