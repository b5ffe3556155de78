import { type DynamicModule, Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import { register } from 'prom-client';
import { createLogger, type LoggerOptions } from './logging/logger';
import { RequestLog } from './logging/request-log';
import { Scrubber } from './logging/scrubber';
import { requestFields } from './logging/trace-fields';
import { CONNECTION_METRIC_PROVIDERS, ConnectionMetrics } from './metrics/connection-metrics';
import { OPERATION_METRIC_PROVIDERS, OperationMetrics } from './metrics/operation-metrics';

/** Logs and metrics of an app on Fastify: JSON lines on standard output, and `/metrics`. */
@Module({})
export class TelemetryModule {
  static forRoot(options: LoggerOptions): DynamicModule {
    const logger = createLogger(options);
    return {
      module: TelemetryModule,
      global: true,
      imports: [
        LoggerModule.forRoot({ pinoHttp: requestContext(logger) }),
        PrometheusModule.register({
          defaultMetrics: { enabled: !register.getSingleMetric('process_cpu_seconds_total') },
        }),
      ],
      providers: [
        ...OPERATION_METRIC_PROVIDERS,
        ...CONNECTION_METRIC_PROVIDERS,
        {
          provide: RequestLog,
          useFactory: (host: HttpAdapterHost) => new RequestLog(host, logger),
          inject: [HttpAdapterHost],
        },
        { provide: Scrubber, useValue: options.scrubber },
      ],
      exports: [OperationMetrics, ConnectionMetrics, Scrubber],
    };
  }
}

/** Gives the log lines of one request a common `reqId`, and its `traceId`, and logs nothing else of the request. */
function requestContext(logger: Logger) {
  return {
    logger,
    autoLogging: false,
    customProps: requestFields,
    wrapSerializers: false,
    serializers: { req: () => undefined, res: () => undefined },
  };
}
