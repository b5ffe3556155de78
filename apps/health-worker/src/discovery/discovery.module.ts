import { Module } from '@nestjs/common';
import { CiReads } from './ci-reads';
import { CiController } from './ci.controller';
import { DiscoveryController } from './discovery.controller';
import { EnabledIntegrations } from './enabled-integrations';
import { RegistryReads } from './registry-reads';
import { RegistryController } from './registry.controller';
import { ResourceDiscovery } from './resource-discovery';
import { RuntimeReads } from './runtime-reads';
import { RuntimeController } from './runtime.controller';

/** Reads what connected services hold, for catalog-api. */
@Module({
  controllers: [DiscoveryController, RegistryController, CiController, RuntimeController],
  providers: [EnabledIntegrations, ResourceDiscovery, RegistryReads, CiReads, RuntimeReads],
})
export class DiscoveryModule {}
