import {
  CreateIntegrationRequest,
  HealthCheckSettings,
  MaintenanceRequest,
  PutDependentRequest,
  PutSecretRequest,
  SCHEMA_CONVERTERS,
  UpdateIntegrationRequest,
  withNulls,
} from '@integrations/contracts';
import { applyDecorators } from '@nestjs/common';
import { ApiQuery, type ReferenceObject, type SchemaObject } from '@nestjs/swagger';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import { ParkedQuery } from '../annotations/parked.query';

type Properties = Record<string, SchemaObject | ReferenceObject>;

const REFERENCES = '#/components/schemas/';
/** Properties that null removes in a merge patch. */
const REMOVABLE = ['description', 'endpoint', 'authRef', 'tags', 'posting', 'healthCheck', 'maintenance'];

/**
 * Schemas of the contracts' request DTOs, made from their class-validator rules because they have no Swagger
 * decorators.
 */
export const REQUEST_SCHEMAS: Readonly<Record<string, SchemaObject>> = {
  CreateIntegrationRequest: withNulls(schemaOf(CreateIntegrationRequest)),
  TestDraftRequest: withNulls(draftOf(schemaOf(CreateIntegrationRequest))),
  UpdateIntegrationRequest: mergePatchOf(schemaOf(UpdateIntegrationRequest)),
  HealthCheckSettings: withNulls(schemaOf(HealthCheckSettings)),
  MaintenanceRequest: withNulls(schemaOf(MaintenanceRequest), ['reason']),
  ReplayRequest: withNulls(schemaOf(ParkedQuery)),
  PutDependentRequest: withNulls(schemaOf(PutDependentRequest)),
  PutSecretRequest: schemaOf(PutSecretRequest),
};

/** Documents each property of a query DTO as a parameter. */
export function ApiQueryOf(dto: new () => object): MethodDecorator {
  const { properties = {}, required = [] } = schemaOf(dto);
  const parameters = Object.entries(properties);
  return applyDecorators(
    ...parameters.map(([name, schema]) => ApiQuery({ name, required: required.includes(name), schema })),
  );
}

/** The schema of a DTO. Properties with a default are optional. */
function schemaOf(dto: new () => object): SchemaObject {
  const schema = targetConstructorToSchema(dto, {
    refPointerPrefix: REFERENCES,
    additionalConverters: SCHEMA_CONVERTERS,
  });
  const defaults = new Map(Object.entries(new dto()).filter(([, value]) => value !== undefined));
  const properties = Object.entries((schema.properties ?? {}) as Properties).map(([name, property]) => [
    name,
    '$ref' in property || !defaults.has(name) ? property : { ...property, default: defaults.get(name) },
  ]);
  const required = (schema.required ?? []).filter((name) => !defaults.has(name));
  return {
    type: 'object',
    properties: Object.fromEntries(properties) as Properties,
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}

/** The schema of a draft: a registration without required name, and with the id of one whose credential to use. */
function draftOf(schema: SchemaObject): SchemaObject {
  const required = schema.required?.filter((name) => name !== 'name') ?? [];
  const integrationId: SchemaObject = { type: 'string', format: 'uuid' };
  return { ...schema, properties: { integrationId, ...schema.properties }, required };
}

function mergePatchOf(schema: SchemaObject): SchemaObject {
  // TypeScript emits no metadata for the type of these properties, a class or null.
  const healthCheck = { $ref: `${REFERENCES}${HealthCheckSettings.name}` };
  const maintenance = { $ref: `${REFERENCES}${MaintenanceRequest.name}` };
  return withNulls({ ...schema, properties: { ...schema.properties, healthCheck, maintenance } }, REMOVABLE);
}
