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
  flaw('is written for another contract', /^plugin: has/, () => ({ contractVersion: 2 })),
  flaw('refuses its sample config', /^config: the sample/, () => ({ config: DemandingConfig })),
  flaw('takes any config', /^config: a malformed/, () => ({ config: CarelessConfig })),
  flaw('requires a field only at times', /^config: an empty/, () => ({ config: TwoFacedConfig })),
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
  flaw('has a budget and asks no gate', /^(comment|status): what the gate refuses/, () => ({
    budget: () => ({ account: [], limits: { post: [{ max: 1, perMs: 1_000 }] } }),
  })),

  postingFlaw('does not say what was cut', /^(comment|status): answers what/, async (call) => {
    const { truncated: _, ...response } = (await call()) as ScmResponse & { truncated: unknown };
    return response as ScmResponse;
  }),
  postingFlaw('throws errors of its own', /^(comment|status): .*becomes the right error/, (call) =>
    call().catch(rethrow(() => new Error('?'))),
  ),
  postingFlaw('calls every failure internal', /^(comment|status): .*becomes the right error/, (call) =>
    call().catch(rethrow(() => new ProviderError('internal', 'something failed'))),
  ),
  postingFlaw('swallows failures', /^(comment|status): .*becomes the right error|a lost reply/, (call) =>
    call().catch(() => ({ outcome: 'created', url: 'https://model.example' }) as ScmResponse),
  ),
  postingFlaw('takes refusals for transient', /^(comment|status): .*answers 40[134] becomes the right error/, (call) =>
    call().catch(rethrow(({ code, message }) => new ProviderError(code, message, { transient: true }))),
  ),
  postingFlaw('loses the delay of a rate limit', /^(comment|status): .*answers 429 becomes the right error/, (call) =>
    call().catch(rethrow(({ code, message }) => new ProviderError(code, message))),
  ),
  depsFlaw('repeats what failed', /(answers 5|answers 429|resets).*the right error/, ({ egress, ...deps }) => ({
    ...deps,
    egress: egressOver(async (request) => {
      const response = await egress.request(request).catch(() => egress.request(request));
      return response.status < 429 ? response : egress.request(request);
    }),
  })),
  depsFlaw('goes on without its secret', /without its secret|a secret that cannot be resolved/, (deps) => ({
    ...deps,
    credential: { ...deps.credential, resolve: () => Promise.resolve(new Secret('')) },
  })),

  depsFlaw('keeps a credential that is refused', /refused is forgotten/, (deps) => ({
    ...deps,
    credential: { ...deps.credential, forget: () => undefined },
  })),

  depsFlaw(
    'does not heed its signal',
    /ends when|^(comment|status|repositories): sends nothing once/,
    ({ egress, ...deps }) => ({
      ...deps,
      credential: { ...deps.credential, resolve: () => deps.credential.resolve(new AbortController().signal) },
      tokens: { ...deps.tokens, get: (key, mint) => deps.tokens.get(key, mint, new AbortController().signal) },
      egress: egressOver((request) => egress.request({ ...request, signal: new AbortController().signal })),
    }),
  ),
  postingFlaw('leaves its socket behind', /^(comment|status): ends when/, (call, context) =>
    Promise.race([
      call({ ...context, signal: new AbortController().signal }),
      new Promise<never>((_, reject) => {
        context.signal.addEventListener('abort', () => reject(new ProviderError('timeout', 'given up')));
      }),
    ]),
  ),

  depsFlaw('never looks before it writes', /twice is unchanged|a changed request|a lost reply|two that/, (deps) =>
    answering(deps, 'GET', { things: [] }),
  ),
  depsFlaw('never updates', /a changed request/, (deps) => answering(deps, 'PUT', {})),
  postingFlaw('names each run of an operation anew', /two that must be new|^comment: a lost reply/, (call, context) =>
    call({ ...context, operationId: crypto.randomUUID() }),
  ),
  postingFlaw('writes what is there already', /twice is unchanged/, async (call) => {
    const response = await call();
    return response.outcome === 'unchanged' ? { ...response, outcome: 'updated' } : response;
  }),

  postingFlaw('quotes its credential', /^(comment|status): no secret/, async (call, _, deps) => {
    const key = await apiKeyOf(deps);
    return call().catch(rethrow(({ code }) => new ProviderError(code, `refused with ${key}`)));
  }),
  postingFlaw('hands its credential on in a cause', /^(comment|status): no secret/, async (call, _, deps) => {
    const headers = { authorization: `Basic ${btoa(`x:${await apiKeyOf(deps)}`)}` };
    const cause = Object.assign(new Error('refused'), { request: { headers } });
    return call().catch(rethrow(({ code }) => new ProviderError(code, 'refused', { cause })));
  }),
  postingFlaw('prints its credential', /^(comment|status): no secret/, async (call, _, deps) => {
    // eslint-disable-next-line no-console
    console.debug(`about to post as ${encodeURIComponent(await apiKeyOf(deps))}`);
    return call();
  }),
  depsFlaw('quotes the answer, which quotes the credential', /no secret/, ({ egress, ...deps }) => ({
    ...deps,
    egress: egressOver(async (request) => {
      const response = await egress.request(request);
      if (response.status < 300) return response;
      throw new ProviderError('provider_unavailable', response.text());
    }),
  })),

  postingFlaw('uses a fetch of its own', /^(comment|status): nothing goes past/, (call) => {
    void fetch('http://127.0.0.1:2/').catch(() => undefined);
    return call();
  }),
  depsFlaw('opens sockets of its own', /nothing goes past/, (deps) => {
    bypass();
    return deps;
  }),
  postingFlaw('opens TLS sockets of its own', /^(comment|status): nothing goes past/, (call) => {
    connectTls({ host: '127.0.0.1', port: 9 }).on('error', () => undefined);
    return call();
  }),

  listingFlaw('swallows the failures of its lists', /^repositories: .*becomes the right error/, (call, query) =>
    call(query).catch(() => ({ items: [], nextCursor: null })),
  ),
  listingFlaw('forgets the last cursor', /^repositories: answers what/, async (call, query) => ({
    items: (await call(query)).items,
    nextCursor: undefined as never,
  })),
  listingFlaw('has one page only', /^repositories: one by one/, async (call, query) => ({
    ...(await call(query)),
    nextCursor: null,
  })),
  listingFlaw('searches nothing', /^repositories: q finds/, (call, query) => call({ ...query, q: null })),
  listingFlaw('takes any cursor', /^repositories: a cursor/, (call, query) =>
    call({ ...query, cursor: query.cursor && String(Number.parseInt(query.cursor) || 1) }),
  ),

  probeFlaw('throws from its probes', /^(testConnection|checkHealth): .*(verdict|healthy)/, () =>
    Promise.reject(new Error('?')),
  ),
  probeFlaw('is always healthy', /right verdict|^(testConnection|checkHealth): (ends when|sends nothing once)/, () =>
    Promise.resolve(HEALTHY),
  ),
  probeFlaw('is never healthy', /a healthy vendor/, () => Promise.resolve({ ...HEALTHY, status: 'unknown' })),
  probeFlaw('goes on after a failed stage', /a vendor that .* verdict/, async (call) => {
    const verdict = await call();
    return { ...verdict, stages: [...verdict.stages, { name: 'quota', ok: true, ms: 0 }] };
  }),
  probeFlaw('says nothing that an operator could use', /right verdict|even where|a healthy/, async (call) => ({
    ...(await call()),
    remediation: '',
  })),
];
