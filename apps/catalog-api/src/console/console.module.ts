import { Scrubber } from '@integrations/telemetry';
import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module';
import { IssuerEgress } from '../access/oidc/issuer-egress';
import { CatalogConfig } from '../config';
import { ConsoleBuild } from './console-build';
import { ConsoleRoutes } from './console-routes';
import { SessionController } from './session.controller';
import { configuredIdentityProvider } from './sign-in/configured-identity-provider';
import { IDENTITY_PROVIDER, SignInController } from './sign-in/sign-in.controller';

/** Serves the console, a static build, and the routes of its session. */
@Module({})
export class ConsoleModule {
  /** `folder` holds the build. */
  static forRoot(folder: string | undefined): DynamicModule {
    return {
      module: ConsoleModule,
      imports: [AccessModule],
      controllers: [SessionController, SignInController],
      providers: [
        { provide: ConsoleBuild, useFactory: () => new ConsoleBuild(folder) },
        ConsoleRoutes,
        {
          provide: IDENTITY_PROVIDER,
          useFactory: (config: CatalogConfig, { fetch }: IssuerEgress, scrubber: Scrubber) =>
            configuredIdentityProvider(config, { fetch, hide: (secret) => scrubber.add(secret) }),
          inject: [CatalogConfig, IssuerEgress, Scrubber],
        },
      ],
    };
  }
}
