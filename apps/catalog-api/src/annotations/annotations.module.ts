import { Module } from '@nestjs/common';
import { AnnotationsController } from './annotations.controller';
import { OfflineController } from './offline.controller';
import { OperationCommands } from './operation-commands';
import { ParkedPayloads } from './parked-payloads';
import { Previews } from './previews';

/** The ledger of annotations, and commands on operations that failed or are parked. */
@Module({
  controllers: [OfflineController, AnnotationsController],
  providers: [OperationCommands, ParkedPayloads, Previews],
})
export class AnnotationsModule {}
