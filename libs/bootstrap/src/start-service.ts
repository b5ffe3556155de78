import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlainJsonNatsServer } from '@integrations/bus';
import { exitStatusOf, type ServiceConfig } from '@integrations/config';
import { requireMigrated } from '@integrations/database';
import { createLogger, Scrubber } from '@integrations/telemetry';
import { type DynamicModule, Logger as NestLogger, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestMicroservice } from '@nestjs/microservices';
import type { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyServerOptions } from 'fastify';
import { Logger, PinoLogger } from 'nestjs-pino';
import manifest from '../../../package.json';
import { closeConnectionsOnShutdown, ShutdownState } from './shutdown-state';
import { type End, endUncaught } from './end-uncaught';
import { createHttpAdapter } from './http-adapter';
import { natsServers } from './nats-servers';
import { RpcFilter } from './rpc.filter';
import { StartLog } from './start-log';

export interface ServiceOptions {
  /** The app's name: in logs, in the monitoring of PostgreSQL and NATS, and as the queue group of its requests. */
  readonly name: string;
  readonly config: ServiceConfig;
  readonly module: Type | DynamicModule;
  /** Sets up the app's own routes and filters before it listens. */
  readonly configure?: (app: NestFastifyApplication) => void | Promise<void>;
  /** Answers a request whose URL cannot be parsed. Hooks and filters do not see such a request. */
  readonly onUnreadableAddress?: NonNullable<FastifyServerOptions['frameworkErrors']>;
  /** Answers, on the raw connection, data that cannot be parsed as a request. */
  readonly onUnreadableRequest?: NonNullable<FastifyServerOptions['clientErrorHandler']>;
  /** Milliseconds after SIGTERM in which requests are still accepted, until load balancers have noticed; 0 if absent. */
  readonly shutdownDelayMs?: number;
  /** Addresses or ranges of proxies whose forwarding headers are trusted; none if absent. */
  readonly trustedProxies?: readonly string[];
}

/** The share of the shutdown time for handlers of NATS requests. After it, their callers are asked to retry. */
const ANSWERING_SHARE = 0.5;

/** Creates the Nest app of a service and makes it listen. `closeService` drains requests in flight. */
export async function createService(options: ServiceOptions): Promise<NestFastifyApplication> {
  const { config } = options;
  await requireMigrated(config.databaseUrl);
  const app = await NestFactory.create<NestFastifyApplication>(options.module, adapterOf(options), {
    logger: startLogOf(options),
    abortOnError: false,
  });
  closeConnectionsOnShutdown(app);
  serveNatsRequests(app, options);
  await options.configure?.(app);
  await app.init();
  app.useLogger(app.get(Logger));
  await app.startAllMicroservices();
  await listen(app, config);
  return app;
}

/**
 * Finishes requests in flight and closes the app. Drains NATS requests at once. Nest would do so only after the hooks and
 * the last HTTP client, which use up all the time if PostgreSQL is frozen or a connection is silent.
 */
export async function closeService(app: NestFastifyApplication): Promise<void> {
  const answered = app.getMicroservices().map((transport) => transport.getTransportServer().close());
  await Promise.all([...answered, app.close()]);
}

/** Runs a service for the life of the process: SIGTERM and SIGINT end it within the configured time. */
export async function runService(options: ServiceOptions): Promise<void> {
  // Set before there is an app, because `createService` queries PostgreSQL first. Nest's own logger would print everything
  // attached to an error.
  NestLogger.overrideLogger(startLogOf(options));
  const end = endUncaught();
  const starting = createService(options);
  // Before the start has finished, because NATS already delivers requests during the start.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const earlier = process.listeners(signal);
    // Ctrl-C does not come from anything that routes requests, so there is no delay.
    const delayMs = signal === 'SIGTERM' ? (options.shutdownDelayMs ?? 0) : 0;
    process.once(
      signal,
      () => void shutDown(starting, { signal, delayMs, timeoutMs: options.config.shutdownTimeoutMs, end }),
    );
    // The listeners of apps/heed-signals.mjs. Removed only now: without any listener, a pending signal would be lost.
    for (const listener of earlier) process.off(signal, listener);
  }
  try {
    const app = await starting;
    (await app.resolve(PinoLogger)).info({ url: await app.getUrl() }, 'listening');
  } catch (error) {
    // The logger may not exist yet, and the configuration that it needs for scrubbing may be the cause.
    process.stderr.write(`${options.name} cannot start: ${reasonOf(error)}\n`);
    end(exitStatusOf(error));
  }
}

function adapterOf({ onUnreadableAddress, onUnreadableRequest, trustedProxies = [] }: ServiceOptions): FastifyAdapter {
  return createHttpAdapter({
    ...(onUnreadableAddress ? { frameworkErrors: onUnreadableAddress } : {}),
    ...(onUnreadableRequest ? { clientErrorHandler: onUnreadableRequest } : {}),
    ...(trustedProxies.length > 0 ? { trustProxy: [...trustedProxies] } : {}),
  });
}

/** Answers requests over NATS. The app's guards and interceptors apply to HTTP only: NATS has accounts and permissions. */
function serveNatsRequests(app: NestFastifyApplication, { name, config }: ServiceOptions): void {
  const strategy = new PlainJsonNatsServer({
    ...natsServers(name, config),
    version: manifest.version,
    queue: name,
    defaultTenant: config.defaultTenant,
    drainTimeoutMs: config.shutdownTimeoutMs * ANSWERING_SHARE,
  });
  const transport = app.connectMicroservice({ strategy }, { deferInitialization: true }) as NestMicroservice;
  transport.useGlobalFilters(new RpcFilter());
  // The app calls the init hooks. Without this, a transport that is initialised later would call all of them again.
  transport.setIsInitHookCalled(true);
}

function startLogOf({ name, config: { logLevel } }: ServiceOptions): StartLog {
  return new StartLog(createLogger({ app: name, logLevel, scrubber: new Scrubber() }));
}

async function listen(app: NestFastifyApplication, { host, port }: ServiceConfig): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (cause) {
    throw new Error(`cannot serve HTTP at HOST=${host}, PORT=${port}: ${reasonOf(cause)}`, { cause });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown reason';
}

interface Shutdown {
  readonly signal: string;
  readonly delayMs: number;
  readonly timeoutMs: number;
  readonly end: End;
}

async function shutDown(
  starting: Promise<NestFastifyApplication>,
  { signal, delayMs, timeoutMs, end }: Shutdown,
): Promise<void> {
  const log = new NestLogger('shutdown');
  setTimeout(() => {
    log.error({ timeoutMs }, 'shutdown took too long');
    end(1);
  }, delayMs + timeoutMs).unref();
  const app = await starting;
  log.log({ signal }, 'shutting down');
  app.get(ShutdownState).begin();
  await sleep(delayMs);
  await closeService(app);
  end(0);
}
