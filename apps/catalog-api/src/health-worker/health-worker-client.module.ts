import { Module } from '@nestjs/common';
import { HealthWorkerClient } from './health-worker-client';

/** Asks the health-workers, for the modules whose requests need a call to a vendor. */
@Module({ providers: [HealthWorkerClient], exports: [HealthWorkerClient] })
export class HealthWorkerClientModule {}
