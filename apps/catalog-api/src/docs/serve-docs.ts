import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { API_PREFIX } from '../http/api-prefix';
import { HEADERS } from './headers';
import { withIdempotencyKey } from './idempotency-key';
import { withMediaTypes } from './media-types';
import { ProblemResponse } from './problem.response';
import { REQUEST_SCHEMAS } from './request-schemas';

const DESCRIPTION = `Every external service that the platform is connected to.

Send a token as \`Authorization: Bearer …\`; it decides the tenant. Every error is a problem (RFC 9457) with an
\`errorCode\` and, where the request is wrong, each wrong field in \`details\`. Unknown fields are refused.

Each answer of these routes says in \`x-ratelimit-limit\`, \`x-ratelimit-remaining\` and \`x-ratelimit-reset\` how many requests a
minute this token may make, how many are left, and in how many seconds they are counted anew.

Each POST takes an \`Idempotency-Key\`; other methods pay no heed to one. A PATCH or DELETE that is repeated is refused once it
was done, if its \`If-Match\` names an ETag; a PUT puts the same there again, a secret as one more version.`;

/** The API description at /docs (for people) and /docs-json; neither asks for a token. */
export function serveDocs(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => describeApi(app), { jsonDocumentUrl: 'docs-json', raw: ['json'] });
}

export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Integrations')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer' })
    .build();
  const document = SwaggerModule.createDocument(app, config, { extraModels: [ProblemResponse] });
  const schemas = { ...REQUEST_SCHEMAS, ...document.components?.schemas };
  // Health and metrics are for those who run the app, and described in the manual.
  const paths = Object.entries(document.paths).filter(([path]) => path.startsWith(`/${API_PREFIX}/`));
  const described = paths.map(([path, item]) => [
    path,
    {
      ...item,
      ...(item.post && { post: withMediaTypes(withIdempotencyKey(item.post)) }),
      ...(item.put && { put: withMediaTypes(item.put) }),
      ...(item.patch && { patch: withMediaTypes(item.patch) }),
      ...(item.delete && { delete: withMediaTypes(item.delete) }),
    },
  ]);
  const components = { ...document.components, schemas, headers: HEADERS };
  return { ...document, paths: Object.fromEntries(described), components };
}
