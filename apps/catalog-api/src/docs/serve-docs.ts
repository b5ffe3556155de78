import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import document from '../../../../docs/openapi.json';

/**
 * The API description at /docs (for people) and /docs-json; neither asks for a token. It is the one that `npm run docs`
 * generates, because docstrings exist only in the sources.
 */
export function serveDocs(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => document as object as OpenAPIObject, {
    jsonDocumentUrl: 'docs-json',
    raw: ['json'],
  });
}
