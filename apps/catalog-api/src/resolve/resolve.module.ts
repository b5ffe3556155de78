import { Module } from '@nestjs/common';
import { IntegrationsModule } from '../integrations/integrations.module';
import { ResolveRpc } from './resolve.rpc';

/** Finds the integration that serves a repository or an image. */
@Module({ imports: [IntegrationsModule], controllers: [ResolveRpc] })
export class ResolveModule {}
