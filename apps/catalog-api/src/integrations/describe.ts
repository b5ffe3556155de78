import { ListIntegrationsQuery } from '@integrations/contracts';
import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { CREATE_EXAMPLES, DRAFT_EXAMPLES, MAINTENANCE_EXAMPLE, PATCH_EXAMPLES } from '../docs/examples';
import {
  IntegrationPageResponse,
  IntegrationResponse,
  IntegrationsSummaryResponse,
} from '../docs/integration.response';
import { ApiProblems } from '../docs/problems';
import { ApiQueryOf } from '../docs/query-parameters';
import { ApiUuidParam } from '../docs/uuid-param';
import { VerdictResponse } from '../docs/verdict.response';
import { BODY_TYPES } from '../http/json-body';
import { DeleteIntegrationQuery } from './delete-integration.query';
import { ReadIntegrationQuery } from './read-integration.query';
import { SummariseIntegrationsQuery } from './summarise-integrations.query';

/** The API description of each integration route, kept apart so that the controllers stay readable. */

const ETAG = { ETag: { description: '`"g<generation>"`, for If-Match', schema: { type: 'string', example: '"g1"' } } };
const LOCATION = { Location: { description: 'Path of the integration', schema: { type: 'string' } } };

const ApiIfMatch = (required: boolean) =>
  ApiHeader({
    name: 'If-Match',
    required,
    description: 'The ETag of the integration as you read it, or `*` for whatever its state',
    schema: { type: 'string', example: '"g1"' },
  });

export function DescribeCreate(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'createIntegration',
      summary: 'Register an integration',
      description: 'Its first probe is due at once.',
    }),
    ApiBody({ schema: { $ref: '#/components/schemas/CreateIntegrationRequest' }, examples: CREATE_EXAMPLES }),
    ApiResponse({ status: 201, type: IntegrationResponse, headers: { ...ETAG, ...LOCATION } }),
    ApiProblems('invalid_request', 'conflict', 'egress_blocked'),
  );
}

export function DescribeList(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ operationId: 'listIntegrations', summary: 'List integrations, newest first' }),
    ApiQueryOf(ListIntegrationsQuery),
    ApiResponse({ status: 200, type: IntegrationPageResponse }),
    ApiProblems('invalid_request'),
  );
}

export function DescribeSummary(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ operationId: 'summariseIntegrations', summary: 'Count integrations by their health' }),
    ApiQueryOf(SummariseIntegrationsQuery),
    ApiResponse({ status: 200, type: IntegrationsSummaryResponse }),
    ApiProblems('invalid_request'),
  );
}

export function DescribeRead(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ operationId: 'getIntegration', summary: 'Read an integration' }),
    ApiUuidParam('id'),
    ApiQueryOf(ReadIntegrationQuery),
    ApiResponse({ status: 200, type: IntegrationResponse, headers: ETAG }),
    ApiProblems('invalid_request', 'not_found'),
  );
}

export function DescribePatch(): MethodDecorator {
  const schema = { $ref: '#/components/schemas/UpdateIntegrationRequest' };
  return applyDecorators(
    ApiOperation({
      operationId: 'updateIntegration',
      summary: 'Change an integration',
      description:
        'A JSON merge patch (RFC 7396): null removes, objects are merged. Type and provider never change. ' +
        '`maintenance` starts a maintenance window of at most 30 days, which ends automatically. During maintenance, checks ' +
        'continue, the status does not change, and the time does not count for uptime.',
    }),
    ApiUuidParam('id'),
    ApiIfMatch(true),
    ApiConsumes(...BODY_TYPES),
    ApiBody({ schema, examples: { ...PATCH_EXAMPLES, ...MAINTENANCE_EXAMPLE } }),
    ApiResponse({ status: 200, type: IntegrationResponse, headers: ETAG }),
    ApiProblems('invalid_request', 'not_found', 'conflict', 'precondition_failed', 'precondition_required'),
    ApiProblems('egress_blocked'),
  );
}

export function DescribeDelete(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'deleteIntegration',
      summary: 'Delete an integration',
      description:
        'If consumers depend on it, the response is 409 and `details` lists them; `force` deletes it anyway.',
    }),
    ApiUuidParam('id'),
    ApiQueryOf(DeleteIntegrationQuery),
    ApiIfMatch(true),
    ApiResponse({ status: 204, description: 'Deleted. Its name can be used again, and it can be restored' }),
    ApiProblems('invalid_request', 'not_found', 'conflict', 'precondition_failed', 'precondition_required'),
  );
}

export function DescribeRestore(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'restoreIntegration',
      summary: 'Restore a deleted integration',
      description: 'Restores it as it was, and probes it at once if it is enabled. 409 if its name is in use by now.',
    }),
    ApiUuidParam('id'),
    ApiIfMatch(false),
    ApiResponse({ status: 200, type: IntegrationResponse, headers: ETAG }),
    ApiProblems('invalid_request', 'not_found', 'conflict', 'precondition_failed'),
  );
}

export function DescribePurge(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'purgeIntegration',
      summary: 'Purge a deleted integration',
      description: 'Removes it permanently. Its events and audit entries are kept.',
    }),
    ApiUuidParam('id'),
    ApiIfMatch(false),
    ApiResponse({ status: 204, description: 'Purged' }),
    ApiProblems('invalid_request', 'not_found', 'conflict', 'precondition_failed'),
  );
}

export function DescribeSwitch(operationId: string, summary: string): MethodDecorator {
  return applyDecorators(
    ApiOperation({ operationId, summary }),
    ApiUuidParam('id'),
    ApiIfMatch(false),
    ApiResponse({ status: 200, type: IntegrationResponse, headers: ETAG }),
    ApiProblems('invalid_request', 'not_found', 'conflict', 'precondition_failed'),
  );
}

export function DescribeTest(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'testIntegration',
      summary: 'Test the connection now',
      description: 'The health-worker runs the test. It changes nothing at the vendor.',
    }),
    ApiUuidParam('id'),
    ApiResponse({ status: 200, type: VerdictResponse, description: 'The verdict, whether healthy or not' }),
    ApiProblems('invalid_request', 'not_found', 'timeout'),
  );
}

export function DescribeDraftTest(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'testDraft',
      summary: 'Test a draft',
      description:
        'Stores nothing except an audit entry. With `integrationId`, the test uses the address, credential and CA bundle of ' +
        'that integration; the draft must not contain its own.',
    }),
    ApiBody({ schema: { $ref: '#/components/schemas/TestDraftRequest' }, examples: DRAFT_EXAMPLES }),
    ApiResponse({ status: 200, type: VerdictResponse, description: 'The verdict, whether healthy or not' }),
    ApiProblems('invalid_request', 'not_found', 'timeout'),
  );
}
