import { inspect } from 'node:util';
import { parseAuthRef } from '../../auth-ref/auth-ref';
import { type FakeAnswer, type FakeRequest, FakeService, TokenDirectory } from '../__fixtures__/fake-service';
import type { SecretStoreError } from '../secret-store';
import { TokenFile } from '../token-file';
import { KubernetesStore } from './kubernetes-store';

const NEVER = new AbortController().signal;
const NAMESPACES = new Map([
  ['acme', new Set(['acme-ci', 'acme-prod'])],
  ['beta', new Set(['beta'])],
]);
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Any certificate will do, since the fake speaks plain HTTP. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBijCCAS+gAwIBAgIUNqnI5KJy5P+01xeJf1BoT6J+lEAwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIBcNMjYxMTI1MjMwNjUxWhgPMjA1
MTA3MTcyMzA2NTFaMBkxFzAVBgNVBAMMDlRlc3QgYXV0aG9yaXR5MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEu7MM9ry/WULfRWN4YuT6VskLPs/nK61HQG3qTBWC
NkI6AuYwWfvpeDdlSuHaVYk2prxZBPuLQs2oBdNVPhyrDaNTMFEwHQYDVR0OBBYE
FNztYX4ez9A42z4Iy4mjM/9qJvgqMB8GA1UdIwQYMBaAFNztYX4ez9A42z4Iy4mj
M/9qJvgqMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAPUSeJNE
5tElAV1kIgzbITZEv6GrIfd9eVLAvV0wEoo3AiEA+2+tXg795q167SFhIrV8HkX+
UmV2qWPncGEqdE1L6bQ=
-----END CERTIFICATE-----`;

let token: string;
let secrets: Map<string, object>;
let server: FakeService;
let files: TokenDirectory;
let hidden: string[];

beforeEach(async () => {
  token = 'eyJ.first.token';
  secrets = new Map([
    ['acme-ci/github', { value: base64('hunter2\n'), 'tls.key': base64('KEY') }],
    ['beta/github', { value: base64('of beta') }],
    ['kube-system/admin', { value: base64('crown jewels') }],
  ]);
  server = await FakeService.start(answer);
  files = new TokenDirectory();
  files.write('token', token);
  files.write('ca.crt', CERTIFICATE);
  hidden = [];
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
  files[Symbol.dispose]();
});

/** https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/secret-v1/ */
function answer({ path, headers }: FakeRequest): FakeAnswer {
  if (headers.authorization !== `Bearer ${token}`) return status(401, 'Unauthorized');
  const [, namespace, name] = /^\/api\/v1\/namespaces\/([^/]+)\/secrets\/([^/?]+)$/.exec(path) ?? [];
  if (namespace === 'acme-prod') return status(403, 'Forbidden');
  const data = secrets.get(`${namespace}/${name}`);
  if (!data) return status(404, 'NotFound');
  return { body: { kind: 'Secret', apiVersion: 'v1', metadata: { name, resourceVersion: '4711' }, data } };
}

function status(code: number, reason: string): FakeAnswer {
  const message = `secrets "github" is ${reason}`;
  return { status: code, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code } };
}

function openStore() {
  const store = new KubernetesStore({
    egress: server.egress,
    address: server.origin,
    tokenFile: new TokenFile(files.path('token'), 'K8S_TOKEN_FILE', (text) => hidden.push(text)),
    caFile: files.path('ca.crt'),
    namespaces: NAMESPACES,
  });
  const read = async (authRef: string, tenantId = 'acme', signal = NEVER) =>
    store.read({ tenantId, ref: parseAuthRef(authRef) }, signal);
  const failure = (authRef: string, tenantId?: string) =>
    read(authRef, tenantId).then(
      () => Promise.reject(new Error('it did not fail')),
      (error: SecretStoreError) => error,
    );
  return { store, read, failure };
}

describe('KubernetesStore', () => {
  it('reads a key of a secret, with the resource version as its version', async () => {
    const { read } = openStore();
    const secret = await read('authref://k8s/acme-ci/github');
    expect([secret.reveal(), secret.version, secret.expiresAt]).toEqual(['hunter2', '4711', null]);
    expect((await read('authref://k8s/acme-ci/github#tls.key')).reveal()).toBe('KEY');
    expect(hidden).toContain(token);
  });

  it('uses the token that kubelet wrote last', async () => {
    const { read, failure } = openStore();
    await read('authref://k8s/acme-ci/github');
    token = 'eyJ.second.token';
    expect(await failure('authref://k8s/acme-ci/github')).toMatchObject({
      code: 'unavailable',
      message: 'the Kubernetes API server refuses our service account token (401)',
    });
    files.write('token', token);
    expect((await read('authref://k8s/acme-ci/github')).reveal()).toBe('hunter2');
  });

  it.each([
    ['authref://k8s/beta/github', 'acme'],
    ['authref://k8s/acme-ci/github', 'beta'],
    ['authref://k8s/kube-system/admin', 'acme'],
    ['authref://k8s/acme-ci/github', 'gamma'],
    ['authref://k8s/acme-ci/github', 'constructor'],
  ])('denies %s to the tenant %s without a request', async (authRef, tenantId) => {
    expect((await openStore().failure(authRef, tenantId)).code).toBe('denied');
    expect(server.requests).toEqual([]);
  });

  it.each([
    'acme-ci',
    'acme-ci/github/more',
    'acme-ci/Git_Hub',
    'acme-ci/-x',
    'acme-ci/a..b',
    'ACME-CI/x',
    'acme-ci/a@b',
  ])('finds no secret at the path %s, without a request', async (path) => {
    expect((await openStore().failure(`authref://k8s/${path}`)).code).toBe('not_found');
    expect(server.requests).toEqual([]);
  });

  it.each(['acme-ci/..', 'acme-ci/../kube-system', 'acme-ci/%2e%2e', 'acme-ci/x?watch=1', 'acme-ci/x\n', ''])(
    'does not leave the namespace through %j, even in a reference that skipped parseAuthRef',
    async (path) => {
      const ref = { store: 'k8s', path, canonical: 'authref://k8s/x' };
      await expect(openStore().store.read({ tenantId: 'acme', ref }, NEVER)).rejects.toMatchObject({
        code: 'not_found',
      });
      expect(server.requests).toEqual([]);
    },
  );

  it('distinguishes missing secrets from denied ones', async () => {
    secrets.set('acme-ci/binary', { value: Buffer.from([0xff, 0xfe]).toString('base64'), empty: '' });
    const { failure } = openStore();
    const codes = ['acme-ci/none', 'acme-ci/github#none', 'acme-ci/binary#empty', 'acme-prod/x', 'acme-ci/binary'].map(
      async (path) => (await failure(`authref://k8s/${path}`)).code,
    );
    expect(await Promise.all(codes)).toEqual(['not_found', 'not_found', 'not_found', 'denied', 'denied']);
    expect((await failure('authref://k8s/acme-ci/github?version=4711')).code).toBe('denied');
  });

  it.each<[string, FakeAnswer]>([
    ['too many requests', status(429, 'TooManyRequests')],
    ['an internal error', status(500, 'InternalError')],
    ["a proxy's 404", { status: 404, body: '<html>' }],
    ["a proxy's 403", { status: 403, body: { message: 'no' } }],
    ['an object that is not a Secret', { body: { kind: 'ConfigMap', data: { value: base64('x') } } }],
    ['an HTML page', { body: '<html>hunter2' }],
    ['no answer', { hangs: true }],
  ])('is unavailable when it gets %s', async (_, given) => {
    server.handle = () => given;
    server.isPatient = !given.hangs;
    const error = await openStore().failure('authref://k8s/acme-ci/github');
    expect(error.code).toBe('unavailable');
    expect(inspect(error, { depth: 9 })).not.toMatch(/eyJ|hunter2/);
  });

  it('never sends its token to another host', async () => {
    await using elsewhere = await FakeService.start(() => ({ body: { kind: 'Secret', data: { value: base64('x') } } }));
    server.handle = () => ({ status: 307, headers: { location: `${elsewhere.origin}/api/v1/` } });
    const { message } = await openStore().failure('authref://k8s/acme-ci/github');
    expect(message).toBe('the Kubernetes API server cannot be reached (egress_blocked)');
    expect(elsewhere.requests).toEqual([]);
  });

  it('names the setting of a missing file', async () => {
    files.remove('ca.crt');
    const { store, failure } = openStore();
    const { message } = await failure('authref://k8s/acme-ci/github');
    expect(message).toBe('the Kubernetes API server has a CA file that cannot be read (ENOENT)');
    expect(store.isAvailable().reason).toBe('the file of K8S_CA_FILE cannot be read (ENOENT)');
    files.remove('token');
    expect(store.isAvailable().reason).toBe('the file of K8S_TOKEN_FILE cannot be read (ENOENT)');
    expect((await failure('authref://k8s/acme-ci/github')).message).toBe(store.isAvailable().reason);
    expect(server.requests).toEqual([]);
  });

  it('stops when the signal aborts', async () => {
    const controller = new AbortController();
    const reason = new Error('given up');
    server.handle = () => {
      setImmediate(() => controller.abort(reason));
      return { hangs: true };
    };
    await expect(openStore().read('authref://k8s/acme-ci/github', 'acme', controller.signal)).rejects.toBe(reason);
  });
});
