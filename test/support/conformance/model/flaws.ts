import { connect as connectTls } from 'node:tls';
import { Allow, IsInt, IsString, ValidateIf } from 'class-validator';
import { PROBE_CODES, type ProbeVerdict, type ScmResponse } from '@integrations/contracts';
import { egressOver, type ProviderDeps, ProviderError, Secret } from '@integrations/provider-kit';
import { answering, bypass, depsFlaw, type Flaw, flaw, listingFlaw, postingFlaw, probeFlaw, rethrow } from './sabotage';

class CarelessConfig {
  @Allow()
  shop: string;

  @Allow()
  floor?: number;
}

class TwoFacedConfig {
  @ValidateIf((config: TwoFacedConfig) => config.floor !== undefined)
  @IsString()
  shop: string;

  @ValidateIf((_, floor) => floor !== undefined)
  @IsInt()
  floor?: number;
}

class DemandingConfig {
  @IsInt()
  shop: string;
}

const HEALTHY: ProbeVerdict = {
  status: 'healthy',
  code: 'ok',
  message: 'fine',
  remediation: PROBE_CODES.ok,
  stages: [],
  latencyMs: 1,
  checkedAt: new Date(0).toISOString(),
  warnings: [],
};

const apiKeyOf = async (deps: ProviderDeps) => (await deps.credential.resolve(new AbortController().signal)).reveal();

/** Plugins that each have one flaw. */
export const FLAWS: readonly Flaw[] = [
  flaw('is written for another version of the contract', /^plugin: matches/, () => ({ contractVersion: 2 })),
  flaw('refuses its sample config', /^config: accepts/, () => ({ config: DemandingConfig })),
  flaw('accepts any config', /^config: names a malformed/, () => ({ config: CarelessConfig })),
  flaw('requires a field only in some configs', /^config: names exactly/, () => ({ config: TwoFacedConfig })),
  flaw('declares what it cannot do', /^capabilities:/, () => ({ capabilities: ['comment', 'status', 'check_run'] })),
  flaw('connects while opening', /^open:/, (good) => ({
    open: (integration, deps) => {
      bypass();
      return good.open(integration, deps);
    },
  })),

  flaw('has a budget that lets nothing through', /^budget:/, () => ({
    budget: () => ({ account: [], limits: { post: [{ max: 0, perMs: 1_000 }] } }),
  })),
  flaw('has a budget but never asks the gate', /^(comment|status): posts nothing when the gate/, () => ({
    budget: () => ({ account: [], limits: { post: [{ max: 1, perMs: 1_000 }] } }),
  })),

  postingFlaw('does not say what was cut', /^(comment|status): returns a valid/, async (call) => {
    const { truncated: _, ...response } = (await call()) as ScmResponse & { truncated: unknown };
    return response as ScmResponse;
  }),
  postingFlaw('throws errors of its own', /^(comment|status): throws the right error/, (call) =>
    call().catch(rethrow(() => new Error('?'))),
  ),
  postingFlaw('calls every failure internal', /^(comment|status): throws the right error/, (call) =>
    call().catch(rethrow(() => new ProviderError('internal', 'something failed'))),
  ),
  postingFlaw('swallows failures', /^(comment|status): throws the right error|when a reply is lost/, (call) =>
    call().catch(() => ({ outcome: 'created', url: 'https://model.example' }) as ScmResponse),
  ),
  postingFlaw(
    'reports refusals as transient',
    /^(comment|status): throws the right error when the vendor answers 40[134]/,
    (call) => call().catch(rethrow(({ code, message }) => new ProviderError(code, message, { transient: true }))),
  ),
  postingFlaw(
    'loses the delay of a rate limit',
    /^(comment|status): throws the right error when the vendor answers 429/,
    (call) => call().catch(rethrow(({ code, message }) => new ProviderError(code, message))),
  ),
  depsFlaw(
    'repeats requests that failed',
    /the right error when the vendor (answers 5|answers 429|resets)/,
    ({ egress, ...deps }) => ({
      ...deps,
      egress: egressOver(async (request) => {
        const response = await egress.request(request).catch(() => egress.request(request));
        return response.status < 429 ? response : egress.request(request);
      }),
    }),
  ),
  depsFlaw('goes on without its secret', /without its secret|the secret cannot be resolved/, (deps) => ({
    ...deps,
    credential: { ...deps.credential, resolve: () => Promise.resolve(new Secret('')) },
  })),

  depsFlaw('keeps a credential that is refused', /forgets a credential/, (deps) => ({
    ...deps,
    credential: { ...deps.credential, forget: () => undefined },
  })),

  depsFlaw(
    'ignores its signal',
    /ends and closes|^(comment|status|repositories): sends nothing after/,
    ({ egress, ...deps }) => ({
      ...deps,
      credential: { ...deps.credential, resolve: () => deps.credential.resolve(new AbortController().signal) },
      tokens: { ...deps.tokens, get: (key, mint) => deps.tokens.get(key, mint, new AbortController().signal) },
      egress: egressOver((request) => egress.request({ ...request, signal: new AbortController().signal })),
    }),
  ),
  postingFlaw('leaves its socket behind', /^(comment|status): ends and closes/, (call, context) =>
    Promise.race([
      call({ ...context, signal: new AbortController().signal }),
      new Promise<never>((_, reject) => {
        context.signal.addEventListener('abort', () => reject(new ProviderError('timeout', 'given up')));
      }),
    ]),
  ),

  depsFlaw(
    'never looks before it writes',
    /request is repeated, and posts only|a changed request|when a reply is lost|adds one comment/,
    (deps) => answering(deps, 'GET', { things: [] }),
  ),
  depsFlaw('never updates', /a changed request/, (deps) => answering(deps, 'PUT', {})),
  postingFlaw(
    'uses a new id for each run of an operation',
    /adds one comment|^comment: .*when a reply is lost/,
    (call, context) => call({ ...context, operationId: crypto.randomUUID() }),
  ),
  postingFlaw('reports an update where nothing changed', /request is repeated, and posts only/, async (call) => {
    const response = await call();
    return response.outcome === 'unchanged' ? { ...response, outcome: 'updated' } : response;
  }),

  postingFlaw('quotes its credential', /^(comment|status): keeps secrets/, async (call, _, deps) => {
    const key = await apiKeyOf(deps);
    return call().catch(rethrow(({ code }) => new ProviderError(code, `refused with ${key}`)));
  }),
  postingFlaw('reveals its credential in a cause', /^(comment|status): keeps secrets/, async (call, _, deps) => {
    const headers = { authorization: `Basic ${btoa(`x:${await apiKeyOf(deps)}`)}` };
    const cause = Object.assign(new Error('refused'), { request: { headers } });
    return call().catch(rethrow(({ code }) => new ProviderError(code, 'refused', { cause })));
  }),
  postingFlaw('prints its credential', /^(comment|status): keeps secrets/, async (call, _, deps) => {
    // eslint-disable-next-line no-console
    console.debug(`about to post as ${encodeURIComponent(await apiKeyOf(deps))}`);
    return call();
  }),
  depsFlaw('quotes the answer, which quotes the credential', /keeps secrets/, ({ egress, ...deps }) => ({
    ...deps,
    egress: egressOver(async (request) => {
      const response = await egress.request(request);
      if (response.status < 300) return response;
      throw new ProviderError('provider_unavailable', response.text());
    }),
  })),

  postingFlaw('uses a fetch of its own', /^(comment|status): opens no connection/, (call) => {
    void fetch('http://127.0.0.1:2/').catch(() => undefined);
    return call();
  }),
  depsFlaw('opens sockets of its own', /opens no connection/, (deps) => {
    bypass();
    return deps;
  }),
  postingFlaw('opens TLS sockets of its own', /^(comment|status): opens no connection/, (call) => {
    connectTls({ host: '127.0.0.1', port: 9 }).on('error', () => undefined);
    return call();
  }),

  listingFlaw('swallows the failures of its lists', /^repositories: throws the right error/, (call, query) =>
    call(query).catch(() => ({ items: [], nextCursor: null })),
  ),
  listingFlaw('forgets the last cursor', /^repositories: returns a valid/, async (call, query) => ({
    items: (await call(query)).items,
    nextCursor: undefined as never,
  })),
  listingFlaw('returns only one page', /^repositories: lists the same/, async (call, query) => ({
    ...(await call(query)),
    nextCursor: null,
  })),
  listingFlaw('ignores the search', /^repositories: q returns/, (call, query) => call({ ...query, q: null })),
  listingFlaw('accepts any cursor', /^repositories: refuses a cursor/, (call, query) =>
    call({ ...query, cursor: query.cursor && String(Number.parseInt(query.cursor) || 1) }),
  ),

  probeFlaw('throws from its probes', /^(testConnection|checkHealth): .*(verdict|healthy)/, () =>
    Promise.reject(new Error('?')),
  ),
  probeFlaw(
    'is always healthy',
    /right verdict|^(testConnection|checkHealth): (ends and closes|sends nothing after)/,
    () => Promise.resolve(HEALTHY),
  ),
  probeFlaw('is never healthy', /reports a healthy vendor/, () => Promise.resolve({ ...HEALTHY, status: 'unknown' })),
  probeFlaw('goes on after a failed stage', /right verdict when the vendor/, async (call) => {
    const verdict = await call();
    return { ...verdict, stages: [...verdict.stages, { name: 'quota', ok: true, ms: 0 }] };
  }),
  probeFlaw('gives no remediation', /right verdict|even when|reports a healthy/, async (call) => ({
    ...(await call()),
    remediation: '',
  })),
];
