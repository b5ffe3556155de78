import { IsCaBundle } from '@integrations/provider-kit';

/** Whom we trust. The rest is in the endpoint, and in `connection`. */
export class DockerConfig {
  @IsCaBundle('an engine that listens with TLS')
  caBundle?: string;
}
