import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROBE_STAGES, type ProbePermissions } from '@integrations/contracts';
import { selfSigned, type SelfSigned } from '../egress/__fixtures__/certificates';
import { TestServer } from '../egress/__fixtures__/servers';
import { StrictServer } from '../egress/__fixtures__/strict-server';
import type { Egress, EgressRequest, EgressResponse } from '../egress/egress';
import { EgressClient, type EgressClientOptions } from '../egress/egress-client';
import type { Resolver } from '../egress/name-resolution';
import type { Route } from '../egress/route';
import { egressOver } from '../egress/egress-fetch';
import type { CredentialSource, ProviderDeps } from '../plugin';
import { ProviderError, type ProviderErrorOptions } from '../provider-error';
import { Secret } from '../secret';
import { createTokenCache } from '../token-cache';
import { ProbeFailure } from './probe-failure';
import { type ProbeOptions, type ProbeStages, runProbe } from './run-probe';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const clock = { now: () => NOW };
const secretive: CredentialSource = {
  present: true,
  resolve: async () => new Secret('hush', 'v7', new Date(NOW + 1_000)),
  forget: () => undefined,
};
const anonymous: CredentialSource = { ...secretive, present: false };

const ok = (headers: Record<string, string> = {}): EgressResponse => ({
  status: 200,
  headers,
  body: new Uint8Array(),
  connection: { fresh: true, dnsMs: 0.2, tcpMs: 0.1 },
  text: () => '',
});

/** An egress that answers or throws as the test prescribes. */
function fakeEgress(answer: (call: EgressRequest) => EgressResponse | Promise<EgressResponse>): Egress {
  return egressOver(async (call) => answer(call));
}

function depsOf(egress: Egress, credential = secretive): ProviderDeps {
  return { egress, credential, clock, tokens: createTokenCache(clock) };
}

const probe = (stages: ProbeStages, options: Partial<ProbeOptions> & { egress?: Egress } = {}) =>
  runProbe({
    deps: depsOf(options.egress ?? fakeEgress(() => ok())),
    signal: AbortSignal.timeout(2_000),
    requireCredential: true,
    stages,
    ...options,
  });

const call = (deps: ProviderDeps, signal: AbortSignal) =>
  deps.egress.request({ method: 'GET', url: 'http://vendor.test/', signal });
const calling: ProbeStages = { credential: async ({ deps, signal }) => void (await call(deps, signal)) };

/** Settles only when its signal aborts. */
const givingUp = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });

const names = (stages: readonly { name: string; ok: boolean }[]) =>
  stages.map(({ name, ok }) => (ok ? name : `${name} ✗`));

describe('A probe that passes', () => {
  const permissions: ProbePermissions = {
    required: ['a:write'],
    granted: ['a:write', 'b:write'],
    missing: [],
    excess: ['b:write'],
    how: 'introspection',
  };

  it('is healthy, with every stage in order and everything that was noted', async () => {
    const verdict = await probe({
      quota: async ({ note }) => note({ quota: { remaining: 5 }, warnings: ['two'] }),
      permissions: async ({ note }) => note({ permissions, credential: { expiresAt: '2027-01-01T00:00:00.000Z' } }),
      identity: async ({ note, secret }) => note({ principal: { id: `app-${secret?.reveal().length}`, kind: 'app' } }),
      credential: async ({ deps, signal, note }) => {
        await call(deps, signal);
        note({ server: { product: 'Vendor' }, warnings: ['one'] });
      },
    });
    const order = [
      'resolve_secret',
      'egress_policy',
      'dns',
      'tcp',
      'http',
      'credential',
      'identity',
      'permissions',
      'quota',
    ];
    expect(names(verdict.stages)).toEqual(order);
    expect(order).toEqual(PROBE_STAGES.filter((name) => order.includes(name)));
    expect(verdict).toEqual({
      status: 'healthy',
      code: 'ok',
      message: 'Connected as app-4',
      remediation: 'Nothing to do.',
      stages: expect.any(Array),
      latencyMs: expect.any(Number),
      checkedAt: '2026-03-01T12:00:00.000Z',
      server: { product: 'Vendor' },
      principal: { id: 'app-4', kind: 'app' },
      permissions,
      credential: { version: 'v7', expiresAt: '2027-01-01T00:00:00.000Z' },
      quota: { remaining: 5 },
      warnings: ['one', 'two'],
    });
    expect(JSON.stringify(verdict)).not.toContain('hush');
  });

  it('derives transport stages, certificate and clock skew from the first real call', async () => {
    const days = (count: number) => new Date(Date.now() + count * 86_400_000);
    const asn1 = (date: Date) => date.toISOString().replace(/[-:T]|\.\d+/g, '');
    const certificate = selfSigned({ until: asn1(days(5.5)) });
    await using server = await TestServer.https(certificate, (_, response) => {
      response.setHeader('date', new Date(Date.now() + 90_000).toUTCString());
      setTimeout(() => response.end(), 30);
    });
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const client = new EgressClient({ policy: { allow: ['127.0.0.1'] }, userAgent: 'spec', resolve });
    const endpoint = `https://localhost:${server.port}`;
    const get: NonNullable<ProbeStages['identity']> = async ({ deps, signal }) => {
      await deps.egress.fetch(endpoint, { signal });
    };
    const deps = { ...depsOf(client.bind({ endpoint, caBundle: certificate.cert })), clock: { now: () => Date.now() } };
    const first = await probe({ credential: get, identity: get }, { deps });
    const second = await probe({ credential: get }, { deps });
    await client.close();

    expect(first).toMatchObject({ code: 'ok', tls: { issuer: 'CN=Test authority', daysLeft: 5 } });
    const transport = ['egress_policy', 'dns', 'tcp', 'tls', 'http'];
    expect(names(first.stages)).toEqual(['resolve_secret', ...transport, 'credential', 'identity']);
    expect(Math.abs((first.clockSkewMs ?? 0) - 90_000)).toBeLessThan(10_000);
    expect(first.warnings).toEqual([
      'The certificate of the service expires in 5 days',
      expect.stringMatching(/^The clock of the service is [89]\d s ahead of ours$/),
    ]);
    const msOf = Object.fromEntries(first.stages.map(({ name, ms }) => [name, ms]));
    expect(msOf['http']).toBeGreaterThan(25);
    expect(msOf['identity']).toBeGreaterThan(25);
    const sum = first.stages.reduce((total, { ms }) => total + ms, 0);
    expect(sum).toBeLessThan(first.latencyMs + 5); // nothing is counted twice
    expect(names(second.stages)).toEqual(['resolve_secret', 'egress_policy', 'http', 'credential']);
    expect(second.tls).toEqual(first.tls);
  });

  it('needs no credential if none is required', async () => {
    const stages: ProbeStages = { identity: async ({ secret }) => expect(secret).toBeNull() };
    const verdict = await probe(stages, {
      deps: depsOf(
        fakeEgress(() => ok()),
        anonymous,
      ),
      requireCredential: false,
    });
    expect(verdict).toMatchObject({ code: 'ok', message: 'Connected' });
    expect(names(verdict.stages)).toEqual(['identity']);
  });
});

describe('A probe that fails', () => {
  const failing = (error: unknown): ProbeStages => ({
    credential: () => Promise.reject(error),
    identity: () => Promise.reject(new Error('never reached')),
  });
  const provider = (code: ProviderError['code'], options?: ProviderErrorOptions) =>
    new ProviderError(code, 'as the vendor said', options);
  const cause = (code: string) => Object.assign(new Error('low'), { code });

  it.each<[string, string, unknown]>([
    ['config_invalid', 'unhealthy', provider('invalid_request')],
    ['dns_error', 'unhealthy', provider('network', { stage: 'dns', cause: cause('ENOTFOUND') })],
    ['dns_error', 'unhealthy', provider('timeout', { stage: 'dns' })],
    ['tcp_refused', 'unhealthy', provider('network', { stage: 'tcp', cause: cause('ECONNREFUSED') })],
    ['tcp_timeout', 'unhealthy', provider('network', { stage: 'tcp', cause: cause('EHOSTUNREACH') })],
    ['tcp_timeout', 'unhealthy', provider('timeout', { stage: 'tcp' })],
    ['proxy_error', 'unhealthy', provider('network', { stage: 'tcp', cause: cause('PROXY_FAILED') })],
    ['tls_untrusted', 'unhealthy', provider('tls', { cause: cause('DEPTH_ZERO_SELF_SIGNED_CERT') })],
    ['tls_untrusted', 'unhealthy', provider('tls', { cause: cause('UNABLE_TO_VERIFY_LEAF_SIGNATURE') })],
    ['tls_expired', 'unhealthy', provider('tls', { cause: cause('CERT_HAS_EXPIRED') })],
    ['tls_hostname', 'unhealthy', provider('tls', { cause: cause('ERR_TLS_CERT_ALTNAME_INVALID') })],
    ['clock_skew', 'unhealthy', provider('tls', { cause: cause('CERT_NOT_YET_VALID') })],
    ['tls_on_plain_port', 'unhealthy', provider('tls', { cause: cause('ERR_SSL_WRONG_VERSION_NUMBER') })],
    ['tls_protocol', 'unhealthy', provider('tls', { cause: cause('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION') })],
    ['mtls_required', 'unhealthy', provider('tls', { cause: cause('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED') })],
    ['tls_error', 'unhealthy', provider('tls', { cause: cause('ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE') })],
    ['not_this_product', 'unhealthy', provider('network', { stage: 'http', cause: cause('HPE_INVALID_CONSTANT') })],
    ['not_this_product', 'unhealthy', provider('too_large', { stage: 'http' })],
    ['server_degraded', 'unhealthy', provider('network', { stage: 'http', cause: cause('ECONNRESET') })],
    ['server_degraded', 'unhealthy', provider('provider_unavailable', { httpStatus: 503 })],
    ['timeout', 'unhealthy', provider('timeout', { stage: 'http' })],
    ['credential_invalid', 'unhealthy', provider('unauthenticated')],
    ['credential_expired', 'unhealthy', provider('unauthenticated', { probeCode: 'credential_expired' })],
    ['scope_insufficient', 'unhealthy', provider('permission_missing')],
    ['not_found_or_hidden', 'unhealthy', provider('not_installed')],
    ['not_found_or_hidden', 'unhealthy', provider('not_found_or_no_access')],
    ['egress_blocked', 'unhealthy', provider('egress_blocked')],
    ['rate_limited', 'degraded', provider('rate_limited')],
    ['secret_unresolvable', 'unknown', provider('secret_unresolvable', { transient: false })],
    ['prober_error', 'unknown', provider('secret_unresolvable', { transient: true })],
    ['prober_error', 'unknown', provider('internal')],
    ['prober_error', 'unknown', provider('offline')],
    ['anonymous_only', 'unhealthy', new ProbeFailure('anonymous_only', 'as the vendor said')],
    ['server_degraded', 'degraded', new ProbeFailure('server_degraded', 'as the vendor said', { status: 'degraded' })],
    [
      'credential_invalid',
      'unhealthy',
      new Error('SDK', { cause: new Error('x', { cause: provider('unauthenticated') }) }),
    ],
  ])('returns %s, %s', async (code, status, error) => {
    const verdict = await probe(failing(error));
    expect(verdict).toMatchObject({ code, status, message: 'as the vendor said' });
    expect(verdict.remediation).toMatch(/\w+\.$/);
    expect(names(verdict.stages)).toEqual(['resolve_secret', 'credential ✗']);
    expect(verdict.stages[1]?.detail).toBe('as the vendor said');
  });

  it('passes on how long to wait', async () => {
    expect(await probe(failing(provider('rate_limited', { retryAfterMs: 5_000 })))).toMatchObject({
      retryAfterMs: 5_000,
    });
  });

  it.each([new TypeError('Bearer hush'), 'hush', undefined, null, { hush: true }])(
    'is unknown, and quotes nothing, when our own code throws %p',
    async (thrown) => {
      const verdict = await probe(failing(thrown));
      expect(verdict).toMatchObject({ code: 'prober_error', status: 'unknown' });
      expect(JSON.stringify(verdict)).not.toContain('hush');
    },
  );

  it('ends at once if a required credential is absent', async () => {
    const verdict = await probe(calling, {
      deps: depsOf(
        fakeEgress(() => ok()),
        anonymous,
      ),
    });
    expect(verdict).toMatchObject({ code: 'credential_missing', status: 'unhealthy' });
    expect(names(verdict.stages)).toEqual(['resolve_secret ✗']);
  });

  it.each([
    ['prober_error', provider('secret_unresolvable', { transient: true })],
    ['prober_error', provider('timeout')],
    ['secret_unresolvable', provider('secret_unresolvable', { transient: false })],
    ['secret_unresolvable', provider('unauthenticated')],
  ])('does not blame the vendor when the secret store fails: %s', async (code, error) => {
    const credential = { ...secretive, resolve: () => Promise.reject(error) };
    const verdict = await probe(calling, {
      deps: depsOf(
        fakeEgress(() => ok()),
        credential,
      ),
    });
    expect(verdict).toMatchObject({ code, status: 'unknown' });
    expect(names(verdict.stages)).toEqual(['resolve_secret ✗']);
  });

  it('assigns a failed first call to its transport stage, however the plugin wraps the error', async () => {
    const refused = provider('network', { stage: 'tcp', cause: cause('ECONNREFUSED') });
    refused.connection = { fresh: true, dnsMs: 0 };
    const egress = fakeEgress(() => Promise.reject(refused));
    const wraps: ((error: unknown) => unknown)[] = [
      (error) => error,
      (error) => new Error('RequestError', { cause: error }),
      (error) => new ProviderError('network', 'GitHub cannot be reached', { cause: error }),
      () => new Error('cause lost'),
    ];
    for (const wrap of wraps) {
      const credential: ProbeStages['credential'] = async ({ deps, signal }) => {
        await call(deps, signal).catch((error: unknown) => Promise.reject(wrap(error)));
      };
      const verdict = await probe({ credential }, { egress });
      expect(verdict).toMatchObject({ code: 'tcp_refused', status: 'unhealthy' });
      expect(names(verdict.stages)).toEqual(['resolve_secret', 'egress_policy', 'dns', 'tcp ✗']);
    }
  });

  it('assigns a later failed call to the stage that made it', async () => {
    const answers = [ok(), provider('network', { stage: 'tcp', cause: cause('ECONNREFUSED') })];
    const egress = fakeEgress(() => {
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer ?? ok();
    });
    const stage = calling.credential!;
    const verdict = await probe({ credential: stage, identity: stage, quota: stage }, { egress });
    const passed = ['resolve_secret', 'egress_policy', 'dns', 'tcp', 'http', 'credential'];
    expect(names(verdict.stages)).toEqual([...passed, 'identity ✗']);
  });

  it('ignores a failed first call if a second one succeeded', async () => {
    let calls = 0;
    const egress = fakeEgress(() => (++calls === 1 ? Promise.reject(provider('network', { stage: 'tcp' })) : ok()));
    const credential: ProbeStages['credential'] = async ({ deps, signal }) => {
      await call(deps, signal).catch(() => call(deps, signal));
    };
    const verdict = await probe({ credential }, { egress });
    expect(names(verdict.stages)).toEqual(['resolve_secret', 'egress_policy', 'dns', 'tcp', 'http', 'credential']);
  });

  it('suspects the clock when a credential is refused and the clocks disagree, unless the vendor says why', async () => {
    const refusedAt = (ms: number, options?: ProviderErrorOptions): ProbeStages => ({
      credential: async ({ deps, signal }) => {
        await call(deps, signal);
        throw provider('unauthenticated', { httpStatus: 401, ...options });
      },
      identity: () => Promise.reject(new Error(String(ms))),
    });
    const at = (ms: number) => ({ egress: fakeEgress(() => ok({ date: new Date(NOW + ms).toUTCString() })) });
    expect(await probe(refusedAt(0), at(0))).toMatchObject({
      code: 'credential_invalid',
      clockSkewMs: 500,
      warnings: [],
    });
    const skewed = await probe(refusedAt(0), at(-120_000));
    expect(skewed).toMatchObject({ code: 'clock_skew', status: 'unhealthy', clockSkewMs: -119_500 });
    expect(skewed.warnings).toEqual([expect.stringContaining('behind ours')]);
    expect(await probe(refusedAt(0, { probeCode: 'credential_invalid' }), at(-120_000))).toMatchObject({
      code: 'credential_invalid',
      clockSkewMs: -119_500,
    });
    expect(await probe(refusedAt(0), { egress: fakeEgress(() => ok({ date: 'yesterday' })) })).toMatchObject({
      code: 'credential_invalid',
    });
  });

  it('fails the permissions stage for missing permissions', async () => {
    const permissions: ProbePermissions = {
      required: ['checks:write'],
      granted: [],
      missing: ['checks:write'],
      excess: [],
      how: 'introspection',
    };
    const verdict = await probe({
      permissions: async ({ note }) => note({ permissions }),
      quota: () => Promise.reject(new Error('never reached')),
    });
    expect(verdict).toMatchObject({ code: 'scope_insufficient', message: 'Missing: checks:write', permissions });
    expect(names(verdict.stages)).toEqual(['resolve_secret', 'permissions ✗']);
  });

  it.each([
    ['unhealthy', [], []],
    ['degraded', ['checks:write'], ['comment']],
    ['unhealthy', [], undefined],
  ] as const)(
    'is %s if %j of the required permissions is granted, and returns what still works',
    async (status, granted, can) => {
      const required = ['checks:write', 'statuses:write'];
      const missing = required.filter((one) => !(granted as readonly string[]).includes(one));
      const permissions: ProbePermissions = { required, granted, missing, excess: [], how: 'token_claims' };
      const found = { permissions, ...(can ? { capabilities: can } : {}) };
      const verdict = await probe({ permissions: async ({ note }) => note(found) });
      expect(verdict).toMatchObject({ code: 'scope_insufficient', status });
      expect(verdict.capabilities).toEqual(can);
    },
  );

  it.each([
    'Client sent an HTTP request to an HTTPS server.\n',
    '<html><title>400 The plain HTTP request was sent to HTTPS port</title>',
    "Reason: You're speaking plain HTTP to an SSL-enabled server port.",
  ])('recognises a TLS port that was sent plain HTTP: %j', async (text) => {
    const egress = fakeEgress(() => ({ ...ok(), status: 400, text: () => text }));
    const verdict = await probe(calling, { egress });
    expect(verdict).toMatchObject({ code: 'plain_http_on_tls_port', status: 'unhealthy' });
    expect(names(verdict.stages)).toEqual(['resolve_secret', 'egress_policy', 'dns', 'tcp', 'http ✗']);
  });

  it('leaves a 400 over TLS, or with another text, to the provider', async () => {
    const stages = (url: string): ProbeStages => ({
      credential: async ({ deps, signal }) => {
        const { status } = await deps.egress.request({ method: 'GET', url, signal });
        if (status === 400) throw new ProbeFailure('not_this_product', 'theirs');
      },
    });
    const said = 'Client sent an HTTP request to an HTTPS server.';
    for (const [url, text] of [
      ['https://vendor.test/', said],
      ['http://vendor.test/', 'Bad Request'],
    ] as const) {
      const egress = fakeEgress(() => ({ ...ok(), status: 400, text: () => text }));
      expect(await probe(stages(url), { egress })).toMatchObject({ code: 'not_this_product' });
    }
  });
});

describe('A probe over a real connection', () => {
  const cleanUp: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(cleanUp.splice(0).map((close) => close()));
  });

  /** Probes an endpoint with one GET through its own egress client. */
  const probeOf = (endpoint: string, options: Partial<EgressClientOptions> & Omit<Route, 'proxy'> = {}) => {
    const { caBundle, clientCertificate, ...rest } = options;
    const resolve: Resolver = async () => [{ address: '127.0.0.1', family: 4 }];
    const client = new EgressClient({ policy: { allow: ['127.0.0.1'] }, userAgent: 'spec', resolve, ...rest });
    cleanUp.push(() => client.close());
    const get = (egress: Egress, signal: AbortSignal) => egress.request({ method: 'GET', url: endpoint, signal });
    const route = { ...(caBundle ? { caBundle } : {}), ...(clientCertificate ? { clientCertificate } : {}) };
    const lasting = { ...secretive, resolve: async () => new Secret('hush') };
    const deps = { ...depsOf(client.bind({ endpoint, ...route }), lasting), clock: { now: () => Date.now() } };
    const stages: ProbeStages = {
      credential: async (running) => void (await get(running.deps.egress, running.signal)),
    };
    return (timeoutMs: number) => probe(stages, { deps, signal: AbortSignal.timeout(timeoutMs) });
  };

  const certificate = selfSigned();
  it.each<[string, string, Parameters<typeof TestServer.https>[0]]>([
    ['mtls_required', 'tls', { requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3' }],
    ['tls_protocol', 'tls', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' }],
  ])('returns %s', async (code, stage, options) => {
    await using server = await TestServer.https({ ...certificate, ...options }, (_, response) => response.end());
    const verdict = await probeOf(`https://localhost:${server.port}`, { caBundle: certificate.cert })(2_000);
    expect(verdict).toMatchObject({ code, status: 'unhealthy' });
    expect(verdict.stages.at(-1)).toMatchObject({ name: stage, ok: false });
  });

  const shown = ({ cert, key }: SelfSigned) => ({ certificate: cert, key, holder: 'i-1' });
  const wantsClients = { ...certificate, requestCert: true, rejectUnauthorized: true };

  it.each(['-tls1_2', '-tls1_3'] as const)('returns client_certificate_refused (%s)', async (version) => {
    await using server = await StrictServer.start(certificate, selfSigned(), version);
    const client = { caBundle: certificate.cert, clientCertificate: shown(selfSigned()) };
    const verdict = await probeOf(server.origin, client)(5_000);
    expect(verdict).toMatchObject({ code: 'client_certificate_refused', status: 'unhealthy' });
    expect(verdict.stages.at(-1)).toMatchObject({ name: 'tls', ok: false });
  });

  it.each([
    ['mtls_required', '<center>No required SSL certificate was sent</center>'],
    ['client_certificate_refused', '<center>The SSL certificate error</center>'],
  ])('returns %s for nginx, which reports it over HTTP', async (code, page) => {
    await using server = await TestServer.https(certificate, (_, response) => response.writeHead(400).end(page));
    const client = { caBundle: certificate.cert, clientCertificate: shown(certificate) };
    const verdict = await probeOf(`https://localhost:${server.port}`, client)(2_000);
    expect(verdict.code).toBe(code);
    expect(verdict.stages.at(-1)).toMatchObject({ name: 'tls', ok: false });
  });

  it.each([
    ['mtls_required', { fresh: true }],
    ['client_certificate_refused', { fresh: true, clientCertificate: { validTo: '2027-01-01T00:00:00.000Z' } }],
  ])(
    'returns %s for a TLS alert about a bad certificate, depending on whether one was shown',
    async (code, connection) => {
      const cause = Object.assign(new Error(), { code: 'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE' });
      const egress = fakeEgress(() => {
        throw Object.assign(new ProviderError('tls', 'broke off', { stage: 'tls', cause }), { connection });
      });
      expect(await probe(calling, { egress })).toMatchObject({ code });
    },
  );

  it('reports the expiry of the client certificate, and warns of it', async () => {
    const end = new Date(Date.now() + 3.5 * 86_400_000);
    end.setMilliseconds(0);
    const ending = selfSigned({ until: end.toISOString().replace(/[-:T]|\.\d+/g, '') });
    const tls = { ...wantsClients, ca: [ending.cert] };
    await using server = await TestServer.https(tls, (_, response) => response.end());
    const client = { caBundle: certificate.cert, clientCertificate: shown(ending) };
    expect(await probeOf(`https://localhost:${server.port}`, client)(2_000)).toMatchObject({
      code: 'ok',
      credential: { expiresAt: end.toISOString() },
      warnings: ['The client certificate expires in 3 days'],
    });
  });

  it('returns tls_on_plain_port', async () => {
    await using server = await TestServer.http((_, response) => response.end());
    expect(await probeOf(`https://localhost:${server.port}`)(2_000)).toMatchObject({ code: 'tls_on_plain_port' });
  });

  it.each<[string, string, string, (socket: Socket) => void]>([
    ['accepts and never answers', 'http', 'timeout', () => undefined],
    ['never ends its TLS handshake', 'https', 'timeout', () => undefined],
    [
      'sends its answer a byte at a time',
      'http',
      'timeout',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
        const dripping = setInterval(() => socket.write('.'), 10);
        socket.once('close', () => clearInterval(dripping));
      },
    ],
    [
      'sends endless headers slowly',
      'http',
      'timeout',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        const dripping = setInterval(() => socket.write('x-drip: 1\r\n'), 10);
        socket.once('close', () => clearInterval(dripping));
      },
    ],
  ])('ends in time, with its socket, at a server that %s', async (_, scheme, code, behave) => {
    await using server = await TestServer.tcp(behave);
    const verdict = await probeOf(`${scheme}://localhost:${server.port}`)(150);
    expect(verdict).toMatchObject({ code, status: 'unhealthy' });
    expect(verdict.latencyMs).toBeLessThan(10_000);
    await server.deserted();
  });

  it('ends in time while DNS hangs', async () => {
    const resolve: Resolver = () => new Promise(() => undefined);
    const verdict = await probeOf('https://vendor.test', { resolve })(100);
    expect(verdict).toMatchObject({ code: 'dns_error', status: 'unhealthy' });
    expect(names(verdict.stages)).toEqual(['resolve_secret', 'egress_policy', 'dns ✗']);
    expect(verdict.latencyMs).toBeLessThan(10_000);
  });
});

describe("The end of a probe's time", () => {
  it('ends a hanging call and its socket', async () => {
    await using server = await TestServer.tcp(() => undefined);
    const endpoint = `https://127.0.0.1:${server.port}`;
    const client = new EgressClient({ policy: { allow: ['127.0.0.1'] }, userAgent: 'spec' });
    const deps = depsOf(client.bind({ endpoint }));
    const stages: ProbeStages = {
      credential: async ({ deps, signal }) =>
        void (await deps.egress.request({ method: 'GET', url: endpoint, signal })),
    };
    const started = performance.now();
    const verdict = await probe(stages, { deps, signal: AbortSignal.timeout(300) });
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(verdict).toMatchObject({ code: 'timeout', status: 'unhealthy' });
    expect(names(verdict.stages)).toEqual(['resolve_secret', 'egress_policy', 'tcp', 'tls ✗']);
    await server.deserted();
    await client.close();
  });

  it('ends a stage that heeds the signal', async () => {
    const verdict = await probe({ identity: ({ signal }) => givingUp(signal) }, { signal: AbortSignal.timeout(50) });
    expect(verdict).toMatchObject({
      code: 'timeout',
      status: 'unhealthy',
      message: expect.stringMatching(/did not finish within \d+ ms/),
    });
    expect(names(verdict.stages)).toEqual(['resolve_secret', 'identity ✗']);
  });

  it.each([
    ['does not answer', givingUp],
    ['takes most of the time', () => sleep(200, new Secret('hush'))],
  ])('does not blame the vendor for a secret store that %s', async (_what, resolve) => {
    const deps = depsOf(
      egressOver(({ signal }) => givingUp(signal)),
      { ...secretive, resolve },
    );
    const verdict = await probe(calling, { deps, signal: AbortSignal.timeout(300) });
    expect(verdict).toMatchObject({ code: 'prober_error', status: 'unknown' });
  });

  it('blames the vendor if the secret store took little of the time', async () => {
    const began = performance.now();
    const end = new AbortController();
    const egress = egressOver(async ({ signal }) => {
      const tookMs = performance.now() - began;
      setTimeout(() => end.abort(new DOMException('over time', 'TimeoutError')), 2 * tookMs);
      return givingUp(signal);
    });
    const deps = depsOf(egress, { ...secretive, resolve: () => sleep(20, new Secret('hush')) });
    expect(await probe(calling, { deps, signal: end.signal })).toMatchObject({ code: 'timeout', status: 'unhealthy' });
  });

  it('prevents further stages', async () => {
    const quota = jest.fn();
    const identity = () => new Promise<void>((resolve) => setTimeout(resolve, 80));
    const verdict = await probe({ identity, quota }, { signal: AbortSignal.timeout(50) });
    expect(verdict).toMatchObject({ code: 'timeout' });
    expect(quota).not.toHaveBeenCalled();
  });

  it('blames the vendor only for a timeout, not when the caller leaves', async () => {
    const stages: ProbeStages = { identity: ({ signal }) => givingUp(signal) };
    const leaving = new AbortController();
    setTimeout(() => leaving.abort(), 20);
    expect(await probe(stages, { signal: leaving.signal })).toMatchObject({ code: 'prober_error', status: 'unknown' });
    expect(await probe(stages, { signal: AbortSignal.timeout(20) })).toMatchObject({ code: 'timeout' });
    expect(await probe(stages, { signal: AbortSignal.abort() })).toMatchObject({
      code: 'prober_error',
      status: 'unknown',
    });
  });
});
