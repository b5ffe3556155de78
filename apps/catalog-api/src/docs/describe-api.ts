import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { API_PREFIX } from '../http/api-prefix';
import { withBodyProblems } from './body-problems';
import { HEADERS } from './headers';
import { withIdempotencyKey } from './idempotency-key';
import { ProblemResponse } from './problem.response';
import { REQUEST_SCHEMAS } from './request-schemas';

const DESCRIPTION = `The catalog of every external service that the platform is connected to.

Send a token as \`Authorization: Bearer …\`; the token determines the tenant. Every error is a problem (RFC 9457) with an
\`errorCode\`. If fields of the request are invalid, \`details\` names each of them. Unknown fields and
query parameters are refused. The address and the headers of a request may have 16 KiB together; more gets 431.

Every response has rate limit headers: \`x-ratelimit-limit\` (requests per minute for this token), \`x-ratelimit-remaining\`
(requests left) and \`x-ratelimit-reset\` (seconds until the count restarts).

Every POST accepts an \`Idempotency-Key\`; other methods ignore it. A repeated PATCH or DELETE is refused if the first one took
effect and its \`If-Match\` names an ETag. A repeated PUT writes the same content again; for a secret, this adds a version.`;

/**
 * The API description, made from the controllers and response classes. It lacks the docstrings: the generator of
 * docs/openapi.json adds them.
 */
export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Integrations')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addServer('/', 'The server that this description comes from')
    .addTag('providers', 'What can be connected')
    .addTag('integrations', 'The registered integrations, their health, and what they hold')
    .addTag('annotations', 'What was posted to pull requests and commits, waits to be posted or is parked')
    .addTag('secrets', 'Credentials in the `local` store, which can be written and not read')
    .addTag('audit', 'Who did what, and proof that nobody changed the record')
    .addBearerAuth({ type: 'http', scheme: 'bearer' })
    .build();
  const document = SwaggerModule.createDocument(app, config, { extraModels: [ProblemResponse] });
  // Health and metrics routes are for operators, and described in the manual.
  const paths = Object.entries(document.paths).filter(([path]) => path.startsWith(`/${API_PREFIX}/`));
  const described = paths.map(([path, item]) => [
    path,
    {
      ...item,
      ...(item.post && { post: withBodyProblems(withIdempotencyKey(item.post)) }),
      ...(item.put && { put: withBodyProblems(item.put) }),
      ...(item.patch && { patch: withBodyProblems(item.patch) }),
      ...(item.delete && { delete: withBodyProblems(item.delete) }),
    },
  ]);
  const components = { ...document.components, schemas: { ...REQUEST_SCHEMAS, ...document.components?.schemas } };
  return withoutUnused({
    ...document,
    paths: Object.fromEntries(described),
    components: { ...components, headers: HEADERS },
  });
}

/** Removes the schemas that nothing refers to. Swagger also finds the requests over NATS, which are not part of REST. */
function withoutUnused(document: OpenAPIObject): OpenAPIObject {
  const text = JSON.stringify(document);
  const schemas = Object.entries(document.components?.schemas ?? {});
  const used = schemas.filter(([name]) => text.includes(`"#/components/schemas/${name}"`));
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(used) } };
}
