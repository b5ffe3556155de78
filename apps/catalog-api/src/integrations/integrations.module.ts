import { Module } from '@nestjs/common';
import { HealthWorkerClientModule } from '../health-worker/health-worker-client.module';
import { CatalogReader } from './catalog-reader';
import { CatalogWriter } from './catalog-writer';
import { CatalogRpc } from './catalog.rpc';
import { ConnectionTestController } from './connection-test.controller';
import { DeletedController } from './deleted.controller';
import { Dependents } from './dependents';
import { DependentsController } from './dependents.controller';
import { DraftController } from './draft.controller';
import { EventsController } from './events.controller';
import { IntegrationsController } from './integrations.controller';
import { NamedSockets } from './named-sockets';

/** The catalog: registrations, their dependents and events, and tests of their connections. */
@Module({
  imports: [HealthWorkerClientModule],
  controllers: [
    IntegrationsController,
    DeletedController,
    DraftController,
    DependentsController,
    EventsController,
    ConnectionTestController,
    CatalogRpc,
  ],
  providers: [NamedSockets, CatalogReader, CatalogWriter, Dependents],
  exports: [CatalogReader],
})
export class IntegrationsModule {}
