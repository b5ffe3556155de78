import { connect } from 'node:net';
import type { ProbeVerdict, ScmResponse } from '@integrations/contracts';
import {
  type AnnotationContext,
  type ConnectorPlugin,
  type Discovery,
  type DiscoveryQuery,
  type EgressResponse,
  egressOver,
  type ProviderDeps,
  ProviderError,
} from '@integrations/provider-kit';
import type { modelAnnotations } from './annotations';
import { createModelPlugin, type ModelConfig } from './plugin';

type Model = ConnectorPlugin<ModelConfig>;

export interface Flaw {
  readonly name: string;
  /** Each check with a matching title must fail. */
  readonly noticedBy: RegExp;
  /** A plugin with this one flaw. */
  readonly plugin: () => ConnectorPlugin;
}

/** A plugin that differs from the good one in what `change` returns. */
export function flaw(name: string, noticedBy: RegExp, change: (good: Model) => Partial<Model>): Flaw {
  const plugin = () => {
    const good = createModelPlugin();
    return { ...good, ...change(good) };
  };
  return { name, noticedBy, plugin };
}

/** A plugin whose lists are wrapped by `wrap`. */
export function listingFlaw(
  name: string,
  noticedBy: RegExp,
  wrap: (call: (query: DiscoveryQuery) => ReturnType<List>, query: DiscoveryQuery) => ReturnType<List>,
): Flaw {
  return flaw(name, noticedBy, (good) => ({
    open: (integration, deps) => {
      const session = good.open(integration, deps);
      const list = session.discovery!.repositories!;
      const repositories: List = (query, signal) => wrap((other) => list(other, signal), query);
      return { ...session, discovery: { repositories } };
    },
  }));
}

type List = NonNullable<Discovery['repositories']>;

type Post = (context?: AnnotationContext) => Promise<ScmResponse>;

/** A plugin whose posting methods are wrapped by `wrap`. */
export function postingFlaw(
  name: string,
  noticedBy: RegExp,
  wrap: (call: Post, context: AnnotationContext, deps: ProviderDeps) => Promise<ScmResponse>,
): Flaw {
  return flaw(name, noticedBy, (good) => ({
    open: (integration, deps) => {
      const session = good.open(integration, deps);
      const { postComment, postStatus } = session.annotations!;
      const wrapped = (post: typeof postComment | typeof postStatus) => (request: never, context: AnnotationContext) =>
        wrap((other = context) => post!(request, other), context, deps) as Promise<never>;
      const annotations = {
        ...session.annotations,
        postComment: wrapped(postComment),
        postStatus: wrapped(postStatus),
      };
      return { ...session, annotations };
    },
  }));
}

/** A plugin whose session differs from the good one in what `change` returns. */
export function annotationsFlaw(
  name: string,
  noticedBy: RegExp,
  change: (good: GoodAnnotations, deps: ProviderDeps) => Partial<GoodAnnotations>,
): Flaw {
  return flaw(name, noticedBy, (good) => ({
    open: (integration, deps) => {
      const session = good.open(integration, deps);
      const annotations = session.annotations as GoodAnnotations;
      return { ...session, annotations: { ...annotations, ...change(annotations, deps) } };
    },
  }));
}

type GoodAnnotations = ReturnType<typeof modelAnnotations>;

/** A plugin whose dependencies are changed by `alter`. */
export function depsFlaw(name: string, noticedBy: RegExp, alter: (deps: ProviderDeps) => ProviderDeps): Flaw {
  return flaw(name, noticedBy, (good) => ({
    open: (integration, deps) => good.open(integration, alter(deps)),
    testConnection: (integration, deps, signal) => good.testConnection(integration, alter(deps), signal),
    checkHealth: (integration, deps, signal) => good.checkHealth(integration, alter(deps), signal),
  }));
}

/** A plugin whose probes are wrapped by `wrap`. */
export function probeFlaw(
  name: string,
  noticedBy: RegExp,
  wrap: (call: () => Promise<ProbeVerdict>) => Promise<ProbeVerdict>,
): Flaw {
  return flaw(name, noticedBy, (good) => ({
    testConnection: (...args) => wrap(() => good.testConnection(...args)),
    checkHealth: (...args) => wrap(() => good.checkHealth(...args)),
  }));
}

/** Answers the requests of one method without the vendor. */
export function answering({ egress, ...deps }: ProviderDeps, method: string, answer: object): ProviderDeps {
  const made = { status: 200, headers: {}, text: () => JSON.stringify(answer) } as EgressResponse;
  return {
    ...deps,
    egress: egressOver((call) => (call.method === method ? Promise.resolve(made) : egress.request(call))),
  };
}

/** Throws another error in place of the original one. */
export function rethrow(change: (error: ProviderError) => Error): (error: unknown) => never {
  return (error) => {
    throw change(error instanceof ProviderError ? error : new ProviderError('internal', String(error)));
  };
}

/** Opens a connection that bypasses the egress client. Nothing listens there. */
export function bypass(): void {
  connect({ host: '127.0.0.1', port: 9 }).on('error', () => undefined);
}
