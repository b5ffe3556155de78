import { Module } from '@nestjs/common';
import { SecretWriter } from './secret-writer';
import { SecretsController } from './secrets.controller';

/** Writes secrets into the `local` store. It resolves none. */
@Module({ controllers: [SecretsController], providers: [SecretWriter] })
export class SecretsModule {}
