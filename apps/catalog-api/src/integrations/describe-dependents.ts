import { CONSUMER_PATTERN } from '@integrations/contracts';
import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiResponse } from '@nestjs/swagger';
import { DependentListResponse, DependentResponse } from '../docs/dependent.response';
import { ApiProblems } from '../docs/problems';
import { ApiUuidParam } from '../docs/uuid-param';

const ApiConsumer = () =>
  ApiParam({
    name: 'consumer',
    description: 'Name of the consumer.',
    schema: { type: 'string', pattern: CONSUMER_PATTERN.source, example: 'scheduler' },
  });

export function DescribeDependents(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ operationId: 'listDependents', summary: 'List the consumers that depend on an integration' }),
    ApiUuidParam('id'),
    ApiResponse({ status: 200, type: DependentListResponse }),
    ApiProblems('invalid_request', 'not_found'),
  );
}

export function DescribePutDependent(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'putDependent',
      summary: 'Declare that a consumer depends on an integration',
      description:
        'Deleting the integration then needs `force`. Repeating the request with the same note does nothing.',
    }),
    ApiUuidParam('id'),
    ApiConsumer(),
    ApiBody({
      required: false,
      schema: { $ref: '#/components/schemas/PutDependentRequest' },
      examples: { note: { summary: 'With a reason', value: { note: 'nightly scans of acme/*' } } },
    }),
    ApiResponse({ status: 200, type: DependentResponse }),
    ApiProblems('invalid_request', 'not_found', 'conflict'),
  );
}

export function DescribeRemoveDependent(): MethodDecorator {
  return applyDecorators(
    ApiOperation({
      operationId: 'deleteDependent',
      summary: 'Declare that a consumer no longer depends on an integration',
    }),
    ApiUuidParam('id'),
    ApiConsumer(),
    ApiResponse({ status: 204, description: 'Removed' }),
    ApiProblems('invalid_request', 'not_found'),
  );
}
