import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describeErrors, validate } from '@integrations/contracts';
import {
  type Clock,
  type ConnectorPlugin,
  createTokenCache,
  type CredentialSource,
  type Egress,
  EgressClient,
  type IntegrationConfig,
  type ProviderDeps,
  ProviderError,
  Secret,
} from '@integrations/provider-kit';
import { ConnectionWatch } from './connection-watch';
import { type Fault, FAULTS } from './faults';
import { type Disturbance, FaultyProxy } from './faulty-proxy';
import { LeakFinder } from './leaks';
import type { Outcome } from './outcome';
import { OutputCapture } from './output-capture';
import type { ConformanceSubject, FakeVendor } from './subject';

/** A plugin with everything that its methods need. */
export interface Connection {
  readonly plugin: ConnectorPlugin;
  readonly integration: IntegrationConfig;
  readonly deps: ProviderDeps;
}

export interface ConnectOptions {
  readonly fault?: Fault;
  /** The vendor request, counted from 1, from which on the fault shows. Always 1 for a provider without a network. */
  readonly from?: number;
  /** The system clock if absent. */
  readonly clock?: Clock;
  /** `absent`: no authRef; `unresolvable`: the secret store has none; `store_down`. The subject's own if absent. */
  readonly credential?: 'absent' | 'unresolvable' | 'store_down';
}

/** The result of an action at a vendor that fails from one of its requests on. */
export interface FaultRun {
  readonly from: number;
  readonly outcome: Outcome<unknown>;
  /** How many requests the vendor saw. */
  readonly seen: number;
  /** How often the plugin had the credential forgotten. */
  readonly forgotten: number;
  readonly printed: string;
}

/** Everything that the checks of a run share: the fake vendor behind its proxy, the egress client, the watch, the output. */
export class Rig {
  readonly watch = new ConnectionWatch();
  readonly output = new OutputCapture();
  readonly leaks = new LeakFinder();
  /** The vendor requests of an undisturbed action, by its name; recorded once. */
  readonly requests = new Map<string, readonly string[]>();
  /** The results of running an action into a fault, by the names of both; run once. */
  readonly faultRuns = new Map<string, Promise<readonly FaultRun[]>>();
  /** What probes logged since the last `connect`. Verdicts do not repeat it. */
  readonly reported: unknown[] = [];
  readonly #egress = new EgressClient({ policy: { allow: ['127.0.0.1/32'] }, userAgent: 'conformance' });
  #forgotten = 0;
  #vendor: FakeVendor | undefined;
  #proxy: FaultyProxy | undefined;

  private constructor(readonly subject: ConformanceSubject) {}

  static async start(subject: ConformanceSubject): Promise<Rig> {
    const rig = new Rig(subject);
    if ('wire' in subject.vendor) {
      rig.#vendor = await subject.vendor.wire.start();
      rig.#proxy = await FaultyProxy.start(rig.#vendor.url, rig.watch);
    }
    rig.watch.start();
    rig.output.start();
    return rig;
  }

  async stop(): Promise<void> {
    this.output.stop();
    this.watch.stop();
    // The proxy first, so that a hanging call ends now. The egress client would wait for the call's timeout.
    await this.#proxy?.stop();
    await this.#egress.close();
    await this.#vendor?.stop();
  }

  /** The proxy; null if the provider has no network. */
  get proxy(): FaultyProxy | null {
    return this.#proxy ?? null;
  }

  /** The secrets that must not appear anywhere. */
  get secrets(): string[] {
    const { credential } = this.subject;
    return [...(credential === null ? [] : [credential]), ...(this.#vendor?.secrets() ?? [])];
  }

  /** How often a plugin had the credential forgotten since the last `connect`. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** Comments, statuses and check runs at the vendor. */
  stored(): number {
    if ('offline' in this.subject.vendor) return this.subject.vendor.offline.stored();
    return this.#vendor!.stored();
  }

  /** A new plugin at a reset vendor, with nothing cached. */
  async connect(options: ConnectOptions = {}): Promise<Connection> {
    this.#vendor?.reset();
    this.#forgotten = 0;
    this.reported.length = 0;
    this.disturb(options.fault && { kind: 'fault', fault: options.fault, from: options.from ?? 1 });
    const plugin = this.subject.createPlugin();
    const endpoint = await this.#endpoint(plugin, options.fault);
    const config = { ...this.#config(options.fault), ...this.subject.configAt?.(endpoint) };
    const checked = validate(plugin.config, config);
    if (!checked.ok) throw new Error(`the sample config is refused: ${describeErrors(checked.errors)}`);
    const clock = options.clock ?? { now: () => Date.now() };
    const integration = { integrationId: randomUUID(), tenantId: 'default', endpoint, config: checked.value };
    return {
      plugin,
      integration,
      deps: {
        egress: this.#watchedEgress(plugin, integration),
        tokens: createTokenCache(clock),
        credential: this.#credential(options.credential),
        clock,
        heartbeats: 'offline' in this.subject.vendor ? this.subject.vendor.offline.heartbeats : undefined,
        report: (error) => void this.reported.push(error),
      },
    };
  }

  /** A connection as after a restart: nothing is cached, only the vendor remembers. Offline, the plugin is the vendor. */
  reconnect({ plugin, integration, deps }: Connection): Connection {
    return {
      plugin: this.#proxy ? this.subject.createPlugin() : plugin,
      integration,
      deps: { ...deps, tokens: createTokenCache(deps.clock) },
    };
  }

  /** Counts vendor requests from 1 again, and applies the disturbance from now on. */
  disturb(disturbance?: Disturbance): void {
    this.#proxy?.reset(disturbance);
  }

  #config(fault: Fault | undefined): Record<string, unknown> {
    const { vendor, config } = this.subject;
    const playing = fault && 'offline' in vendor ? vendor.offline.faults[fault] : undefined;
    return { ...config, ...playing };
  }

  async #endpoint(plugin: ConnectorPlugin, fault: Fault | undefined): Promise<string> {
    if (!this.#proxy) return plugin.defaultEndpoint ?? 'memory://local';
    if (fault === 'breaks TLS') return this.#proxy.url.replace('http:', 'https:');
    if (fault === 'refuses the connection') return `http://127.0.0.1:${await closedPort()}`;
    return this.#proxy.url;
  }

  /** The real egress client, whose connections the watch allows. */
  #watchedEgress(plugin: ConnectorPlugin, integration: IntegrationConfig): Egress {
    if (!this.#proxy) return NO_EGRESS;
    const { endpoint } = integration;
    const egress = this.#egress.bind({ endpoint, allowedOrigins: plugin.origins?.(integration) ?? [] });
    return {
      request: (request) => this.watch.allow(() => egress.request(request)),
      fetch: (input, init) => this.watch.allow(() => egress.fetch(input, init)),
    };
  }

  #credential(given: ConnectOptions['credential']): CredentialSource {
    const secret = given === 'absent' ? null : this.subject.credential;
    const transient = given === 'store_down';
    const unresolvable = transient || given === 'unresolvable' || secret === null;
    return {
      present: given !== 'absent' && (given !== undefined || secret !== null),
      resolve: async (signal) => {
        if (signal.aborted) throw new ProviderError('timeout', 'the call was given up');
        if (unresolvable) throw new ProviderError('secret_unresolvable', 'the store has no value', { transient });
        return new Secret(secret);
      },
      forget: () => void this.#forgotten++,
    };
  }
}

/** The faults that can happen to a provider. */
export function faultsOf({ vendor }: ConformanceSubject): readonly Fault[] {
  return 'offline' in vendor ? (Object.keys(vendor.offline.faults) as Fault[]) : FAULTS;
}

/** A provider that declares itself offline must not use the network. */
const NO_EGRESS: Egress = {
  request: () => Promise.reject(new ProviderError('egress_blocked', 'an offline provider used the egress client')),
  fetch: () => Promise.reject(new ProviderError('egress_blocked', 'an offline provider used the egress client')),
};

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
