import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Sources } from './sources.ts';
import { withDocstrings } from './with-docstrings.ts';

/**
 * The OpenAPI document of the catalog-api, made from its modules, controllers and docstrings without connecting to
 * anything.
 */
export async function openApi(sources: Sources): Promise<object> {
  const { CatalogApiModule } = await import('../../apps/catalog-api/src/catalog-api.module.ts');
  const { CatalogConfig } = await import('../../apps/catalog-api/src/config.ts');
  const { describeApi } = await import('../../apps/catalog-api/src/docs/describe-api.ts');
  const { API_PREFIX } = await import('../../apps/catalog-api/src/http/api-prefix.ts');
  const { TELEMETRY_ROUTES } = await import('@integrations/telemetry');
  const config = Object.assign(new CatalogConfig(), { databaseUrl: 'postgres://nowhere', natsUrl: 'nats://nowhere' });
  const module = CatalogApiModule.forRoot(config);
  // In preview mode Nest reads the classes and creates no instances.
  const options = { preview: true, logger: false as const, abortOnError: false };
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), options);
  app.setGlobalPrefix(API_PREFIX, { exclude: [...TELEMETRY_ROUTES] });
  return withDocstrings(describeApi(app), sources);
}
