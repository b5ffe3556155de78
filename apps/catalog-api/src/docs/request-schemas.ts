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
import { requestSchema } from './request-schema';

/** Properties that null removes in a merge patch. */
const REMOVABLE = ['description', 'endpoint', 'authRef', 'tags', 'posting', 'healthCheck', 'maintenance'];

/** Schemas of the request bodies. */
export const REQUEST_SCHEMAS: Readonly<Record<string, SchemaObject>> = {
  CreateIntegrationRequest: withNulls(requestSchema(CreateIntegrationRequest)),
  TestDraftRequest: withNulls(draftOf(requestSchema(CreateIntegrationRequest))),
  UpdateIntegrationRequest: withNulls(requestSchema(UpdateIntegrationRequest), REMOVABLE),
  HealthCheckSettings: withNulls(requestSchema(HealthCheckSettings)),
  MaintenanceRequest: withNulls(requestSchema(MaintenanceRequest), ['reason']),
  ReplayRequest: withNulls(requestSchema(ParkedQuery)),
  PutDependentRequest: withNulls(requestSchema(PutDependentRequest)),
  PutSecretRequest: requestSchema(PutSecretRequest),
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
