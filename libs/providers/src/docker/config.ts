import { IsCaBundle } from '@integrations/provider-kit';

/** The authorities that we trust. Everything else is in the endpoint and in `connection`. */
export class DockerConfig {
  @IsCaBundle('an engine that listens with TLS')
  caBundle?: string;
}
