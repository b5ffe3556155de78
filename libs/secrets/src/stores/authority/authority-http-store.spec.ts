import { inspect } from 'node:util';
import { parseAuthRef } from '../../auth-ref/auth-ref';
import { type FakeAnswer, type FakeRequest, FakeService, TokenDirectory } from '../__fixtures__/fake-service';
import type { SecretStoreError } from '../secret-store';
import { TokenFile } from '../token-file';
import { AuthorityHttpStore } from './authority-http-store';

const NEVER = new AbortController().signal;
const TOKEN = 'token-for-the-authority';
const REF = 'authref://authority/github/app#privateKey?version=7';

let server: FakeService;
let files: TokenDirectory;

beforeEach(async () => {
  server = await FakeService.start(answer);
  files = new TokenDirectory();
  files.write('token', `${TOKEN}\n`);
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
  files[Symbol.dispose]();
});

/** Answers as described in docs/authority.md. */
function answer({ method, path, headers }: FakeRequest): FakeAnswer {
  const { pathname, searchParams } = new URL(path, 'http://authority');
  if (method !== 'GET' || pathname !== '/base/v1/secrets') return problem(404, 'unknown_route');
  if (headers.authorization !== `Bearer ${TOKEN}`) return problem(401, 'unauthorized');
  if (searchParams.get('tenant') !== 'acme') return problem(403, 'forbidden');
  if (searchParams.get('ref') !== REF) return problem(404, 'not_found');
  return { body: { value: 'hunter2\n', version: '7', expiresAt: '2026-05-01T00:00:00Z', unknown: 1 } };
}

function problem(status: number, code: string): FakeAnswer {
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: { type: 'about:blank', title: 'hunter2', status, code },
  };
}

function openStore() {
  const store = new AuthorityHttpStore({
    egress: server.egress,
    address: `${server.origin}/base/`,
    clock: { now: () => Date.parse('2026-01-01T00:00:00Z') },
    tokenFile: new TokenFile(files.path('token'), 'AUTHORITY_TOKEN_FILE', () => undefined),
  });
  const read = async (authRef = REF, tenantId = 'acme', signal = NEVER) =>
    store.read({ tenantId, ref: parseAuthRef(authRef) }, signal);
  const failure = (authRef?: string, tenantId?: string) =>
    read(authRef, tenantId).then(
      () => Promise.reject(new Error('it did not fail')),
      (error: SecretStoreError) => error,
    );
  return { store, read, failure };
}

describe('AuthorityHttpStore', () => {
  it('sends the whole reference and the tenant, and returns the value unchanged', async () => {
    const secret = await openStore().read();
    expect([secret.reveal(), secret.version, secret.expiresAt?.toISOString()]).toEqual([
      'hunter2\n',
      '7',
      '2026-05-01T00:00:00.000Z',
    ]);
  });

  it('accepts an answer without version and expiry', async () => {
    server.handle = () => ({ body: { value: 'x', version: null } });
    const secret = await openStore().read();
    expect([secret.version, secret.expiresAt]).toEqual([null, null]);
  });

  it('cannot be tricked by a reference into asking for another tenant', async () => {
    const ref = { store: 'authority', path: 'x', canonical: 'authref://authority/x&tenant=acme#k' };
    await expect(openStore().store.read({ tenantId: 'beta', ref }, NEVER)).rejects.toMatchObject({ code: 'denied' });
    expect(server.requests).toHaveLength(1);
    const query = new URL(server.requests[0]?.path ?? '', server.origin).searchParams;
    expect(query.getAll('tenant')).toEqual(['beta']);
  });

  it.each<[code: string, given: FakeAnswer]>([
    ['not_found', problem(404, 'not_found')],
    ['denied', problem(403, 'forbidden')],
    ['denied', problem(400, 'invalid_request')],
    ['unavailable', problem(401, 'unauthorized')],
    ['unavailable', problem(404, 'unknown_route')],
    ['unavailable', { status: 404, body: '<html>' }],
    ['unavailable', { status: 403, body: '' }],
    ['unavailable', problem(429, 'rate_limited')],
    ['unavailable', problem(500, 'internal')],
    ['unavailable', { status: 503, body: 'hunter2' }],
    ['unavailable', { body: { value: 7 } }],
    ['unavailable', { body: { value: 'hunter2', expiresAt: 'tomorrow' } }],
    ['unavailable', { body: { value: 'hunter2', expiresAt: '2026-01-01T00:00:00Z' } }],
    ['unavailable', { body: 'hunter2' }],
    ['unavailable', { hangs: true }],
    ['not_found', { body: { value: '' } }],
    ['denied', { body: { value: 'x'.repeat(65_537) } }],
  ])('fails with %s when it gets %j', async (code, given) => {
    server.handle = () => given;
    server.isPatient = !given.hangs;
    const error = await openStore().failure();
    expect(error.code).toBe(code);
    expect(inspect(error, { depth: 9 })).not.toMatch(/hunter2|token-for/);
  });

  it('never sends its token to another host', async () => {
    await using elsewhere = await FakeService.start(() => ({ body: { value: 'stolen' } }));
    server.handle = () => ({ status: 307, headers: { location: `${elsewhere.origin}/v1/secrets` } });
    expect((await openStore().failure()).message).toBe('the Authority service cannot be reached (egress_blocked)');
    expect(elsewhere.requests).toEqual([]);
  });

  it('reads its token again for each request, and names the setting of a missing file', async () => {
    const { store, read, failure } = openStore();
    await read();
    files.write('token', 'another');
    expect((await failure()).message).toBe('the Authority service refuses our token (401)');
    files.remove('token');
    const reason = 'the file of AUTHORITY_TOKEN_FILE cannot be read (ENOENT)';
    expect(await failure()).toMatchObject({ code: 'unavailable', message: reason });
    expect(store.isAvailable()).toEqual({ available: false, reason });
  });

  it('stops when the signal aborts', async () => {
    const controller = new AbortController();
    const reason = new Error('given up');
    server.handle = () => {
      setImmediate(() => controller.abort(reason));
      return { hangs: true };
    };
    await expect(openStore().read(REF, 'acme', controller.signal)).rejects.toBe(reason);
  });
});
