import { PROVIDER_PATTERN, type ProviderDescriptor } from '@integrations/contracts';
import { ProviderRegistry } from '@integrations/providers';
import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../access/require-scope';
import { ApiProblems } from '../docs/problems';
import { ProviderListResponse, ProviderResponse } from '../docs/provider.response';
import { Refusal } from '../refusal';

/** The providers that can be connected: those of the plugins that this process has loaded. */
@ApiTags('providers')
@Controller('providers')
export class ProvidersController {
  constructor(private readonly registry: ProviderRegistry) {}

  @Get()
  @ApiOperation({ operationId: 'listProviders', summary: 'List the providers' })
  @ApiResponse({ status: 200, type: ProviderListResponse })
  @ApiProblems('invalid_request')
  @RequireScope('integrations:read')
  list(): { readonly items: readonly ProviderDescriptor[] } {
    return { items: this.registry.descriptors() };
  }

  @Get(':provider')
  @ApiParam({ name: 'provider', description: 'Name of the provider, as in the list.', example: 'github_app' })
  @ApiOperation({
    operationId: 'getProvider',
    summary: 'Read a provider: capabilities, credential, JSON Schema of its config',
  })
  @ApiResponse({ status: 200, type: ProviderResponse })
  @ApiProblems('invalid_request', 'not_found')
  @RequireScope('integrations:read')
  read(@Param('provider') provider: string): ProviderDescriptor {
    const found = this.registry.descriptors().find((descriptor) => descriptor.provider === provider);
    if (found) return found;
    throw new Refusal(
      'not_found',
      `there is no provider ${PROVIDER_PATTERN.test(provider) ? provider : 'of that name'}`,
    );
  }
}
