import {
  CreateIntegrationRequest,
  HealthCheckSettings,
  MaintenanceRequest,
  PutDependentRequest,
  PutSecretRequest,
  UpdateIntegrationRequest,
  withNulls,
} from '@integrations/contracts';
import type { SchemaObject } from '@nestjs/swagger';
import { ParkedQuery } from '../annotations/parked.query';
import { dtoSchema, REFERENCES } from './dto-schema';

/** Properties that null removes in a merge patch. */
const REMOVABLE = ['description', 'endpoint', 'authRef', 'tags', 'posting', 'healthCheck', 'maintenance'];

/** Schemas of the request bodies. */
export const REQUEST_SCHEMAS: Readonly<Record<string, SchemaObject>> = {
  CreateIntegrationRequest: withNulls(dtoSchema(CreateIntegrationRequest)),
  TestDraftRequest: withNulls(draftOf(dtoSchema(CreateIntegrationRequest))),
  UpdateIntegrationRequest: mergePatchOf(dtoSchema(UpdateIntegrationRequest)),
  HealthCheckSettings: withNulls(dtoSchema(HealthCheckSettings)),
  MaintenanceRequest: withNulls(dtoSchema(MaintenanceRequest), ['reason']),
  ReplayRequest: withNulls(dtoSchema(ParkedQuery)),
  PutDependentRequest: withNulls(dtoSchema(PutDependentRequest)),
  PutSecretRequest: dtoSchema(PutSecretRequest),
};

/** The schema of a draft: a registration without required name, and with the id of one whose credential to use. */
function draftOf(schema: SchemaObject): SchemaObject {
  const required = schema.required?.filter((name) => name !== 'name') ?? [];
  const integrationId: SchemaObject = {
    type: 'string',
    format: 'uuid',
    description:
      'Id of the integration whose address, credential and CA bundle the test uses. Give none of these then.',
  };
  const description = 'A registration to test without storing it. The name is optional.';
  return { ...schema, description, properties: { integrationId, ...schema.properties }, required };
}

function mergePatchOf(schema: SchemaObject): SchemaObject {
  // TypeScript emits no metadata for the type of these properties, a class or null.
  const healthCheck = { $ref: `${REFERENCES}${HealthCheckSettings.name}` };
  const maintenance = { $ref: `${REFERENCES}${MaintenanceRequest.name}` };
  return withNulls({ ...schema, properties: { ...schema.properties, healthCheck, maintenance } }, REMOVABLE);
}
