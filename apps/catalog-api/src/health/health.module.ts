import { Module } from '@nestjs/common';
import { HealthController } from './health.controller';
import { HealthReader } from './health-reader';

/** The health of integrations: their state, history and uptime. */
@Module({ controllers: [HealthController], providers: [HealthReader] })
export class HealthModule {}
