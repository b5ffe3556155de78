import { BadRequestException, Body, Catch, Controller, Get, HttpException, Module, Param, Post } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { TerminusModule } from '@nestjs/terminus';
import { Logger, PinoLogger } from 'nestjs-pino';
import { HealthController } from './health/health.controller';
import { READINESS_CHECKS, type ReadinessCheck } from './health/readiness';
import { Scrubber } from './logging/scrubber';
import { OperationMetrics } from './metrics/operation-metrics';
import { TELEMETRY_ROUTES } from './routes';
import { TelemetryModule } from './telemetry.module';

const SECRET = 'sup3r-s3cret-value';
const lines: string[] = [];
const scrubber = new Scrubber();
const database = { name: 'database', isReady: async () => true };
const nats = { name: 'nats', isReady: async () => true };

@Controller('things')
class ThingsController {
  constructor(private readonly log: PinoLogger) {}

  @Get(':id')
  read(@Param('id') id: string): string {
    this.log.info({ operation: 'comment' }, 'thing read');
    return id;
  }

  @Post()
  create(@Body() body: unknown): never {
    throw new BadRequestException(body);
  }

  @Get('broken/now')
  fail(): never {
    throw new Error(`cannot use ${SECRET}`, { cause: new Error(`https://h/?t=${SECRET}`) });
  }
}

@Module({
  imports: [
    TelemetryModule.forRoot({
      app: 'test-app',
      logLevel: 'info',
      scrubber,
      destination: { write: (line) => lines.push(line) },
    }),
    TerminusModule.forRoot({ logger: false }),
  ],
  controllers: [ThingsController, HealthController],
  providers: [{ provide: READINESS_CHECKS, useValue: [database, nats] satisfies ReadinessCheck[] }],
})
class AppModule {}

/** An app's own exception filter. It must not hide the answer of `/health/ready`. */
@Catch()
class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const status = error instanceof HttpException ? error.getStatus() : 500;
    host.switchToHttp().getResponse().status(status).send({ title: 'problem' });
  }
}

describe('TelemetryModule on Fastify', () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    scrubber.add(SECRET);
    app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), { bufferLogs: true });
    app.useLogger(app.get(Logger));
    app.setGlobalPrefix('api/v1', { exclude: [...TELEMETRY_ROUTES] });
    await app.listen(0, '127.0.0.1');
  });

  beforeEach(() => {
    lines.length = 0;
  });

  afterEach(() => jest.restoreAllMocks());
  afterAll(() => app.close());

  const get = async (path: string, init?: RequestInit) => fetch(new URL(path, await app.getUrl()), init);
  const logged = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);

  it('is live even while its database is down', async () => {
    jest.spyOn(database, 'isReady').mockResolvedValue(false);
    const reply = await get('/health/live');
    expect(reply.status).toBe(200);
    expect(await reply.json()).toEqual({ status: 'ok' });
  });

  it('is ready when the checks of all modules pass', async () => {
    const reply = await get('/health/ready');
    expect(reply.status).toBe(200);
    expect(await reply.json()).toMatchObject({
      status: 'ok',
      details: { database: { status: 'up' }, nats: { status: 'up' } },
    });
  });

  it.each<[string, () => Promise<boolean>]>([
    ['fails', async () => false],
    ['rejects', async () => Promise.reject(new Error('no route'))],
    [
      'throws synchronously',
      () => {
        throw new Error('no route');
      },
    ],
  ])(
    "answers 503 with the name of the check that %s, despite the app's own exception filter",
    async (_how, isReady) => {
      app.useGlobalFilters(new ProblemFilter());
      jest.spyOn(nats, 'isReady').mockImplementation(isReady);
      const reply = await get('/health/ready');
      expect(reply.status).toBe(503);
      expect(await reply.json()).toMatchObject({
        status: 'error',
        info: { database: { status: 'up' } },
        error: { nats: { status: 'down' } },
      });
    },
  );

  it('answers 503 within three seconds when a check hangs', async () => {
    jest.spyOn(database, 'isReady').mockReturnValue(new Promise(() => undefined));
    const reply = await get('/health/ready', { signal: AbortSignal.timeout(3_000) });
    expect(reply.status).toBe(503);
    expect(await reply.json()).toMatchObject({ error: { database: { status: 'down' } } });
  });

  it('logs a change of readiness once, and not at each request', async () => {
    await get('/health/ready');
    lines.length = 0;
    const down = jest.spyOn(nats, 'isReady').mockResolvedValue(false);
    await get('/health/ready');
    await get('/health/ready');
    down.mockRestore();
    await get('/health/ready');
    expect(logged().map(({ msg, failing }) => [msg, failing])).toEqual([
      ['not ready', ['nats']],
      ['ready again', undefined],
    ]);
  });

  it('serves the operation metrics under their exact names and labels, and the process metrics', async () => {
    const metrics = app.get(OperationMetrics);
    metrics.healthChecked('github_app', 'healthy');
    metrics.connectionTested('github_app', 0.3);
    metrics.annotated('github_app', 'check_run', 'succeeded', 1.5);
    const reply = await get('/metrics');
    const text = await reply.text();
    expect(reply.headers.get('content-type')).toContain('text/plain');
    expect(text).toContain('integrations_health_check_total{provider="github_app",status="healthy"} 1');
    expect(text).toContain('integrations_test_connection_duration_seconds_bucket{le="0.5",provider="github_app"} 1');
    expect(text).toContain('scm_annotation_total{provider="github_app",operation="check_run",status="succeeded"} 1');
    expect(text).toContain('scm_annotation_duration_seconds_sum{provider="github_app",operation="check_run"} 1.5');
    expect(text).toContain('nodejs_eventloop_lag_seconds ');
  });

  it('logs method, route, status and duration of a request, and nothing of its content', async () => {
    await get('/api/v1/things/acme-id?token=query-value', { headers: { authorization: 'Bearer header-value' } });
    await get('/api/v1/things', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":"body-value"}',
    });
    await get('/api/v1/nowhere/private-path?x=query-value');
    const served = logged().filter(({ msg }) => msg === 'request served');
    expect(served).toEqual([
      expect.objectContaining({ method: 'GET', route: '/api/v1/things/:id', status: 200, ms: expect.any(Number) }),
      expect.objectContaining({ method: 'POST', route: '/api/v1/things', status: 400 }),
      expect.objectContaining({ method: 'GET', route: null, status: 404 }),
    ]);
    expect(Object.keys(served[0]!).sort()).toEqual(
      ['app', 'level', 'method', 'ms', 'msg', 'reqId', 'route', 'status', 'time'].sort(),
    );
    expect(lines.join('')).not.toMatch(/query-value|header-value|body-value|acme-id|private-path/);
  });

  it('gives all log lines of a request the same reqId', async () => {
    await get('/api/v1/things/1');
    const [own, request] = logged();
    expect(own).toMatchObject({ msg: 'thing read', operation: 'comment', reqId: request?.['reqId'] });
    expect(own).not.toHaveProperty('req');
    // Counted in the text, because JSON.parse would keep only the second of two.
    expect(lines.map((line) => line.split('"reqId"').length - 1)).toEqual([1, 1]);
  });

  it('names the trace of a request in all its log lines, and none if its header is malformed', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    await get('/api/v1/things/1', { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } });
    expect(logged()).toMatchObject([
      { msg: 'thing read', traceId },
      { msg: 'request served', traceId },
    ]);
    lines.length = 0;
    await get('/api/v1/things/1', { headers: { traceparent: `00-${traceId}` } });
    expect(lines.join('')).not.toContain('traceId');
  });

  it('does not log requests for health and metrics', async () => {
    await Promise.all(['/health/live', '/health/ready', '/metrics?x=1'].map((path) => get(path)));
    expect(lines).toEqual([]);
  });

  it('keeps a known secret out of the log of an unexpected error', async () => {
    const reply = await get('/api/v1/things/broken/now');
    expect(reply.status).toBe(500);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('')).not.toContain(SECRET);
    expect(logged().at(-1)).toMatchObject({ status: 500, level: 'warn', msg: 'request failed' });
  });
});
