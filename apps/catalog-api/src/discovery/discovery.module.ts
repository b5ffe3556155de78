import { Module } from '@nestjs/common';
import { HealthWorkerClientModule } from '../health-worker/health-worker-client.module';
import { CiController } from './ci.controller';
import { DiscoveryController } from './discovery.controller';
import { RegistryController } from './registry.controller';
import { RuntimeController } from './runtime.controller';

/** What connected services hold: repositories, tags, images, pipelines, runs and workloads. */
@Module({
  imports: [HealthWorkerClientModule],
  controllers: [DiscoveryController, RegistryController, CiController, RuntimeController],
})
export class DiscoveryModule {}
