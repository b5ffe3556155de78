import { IsCaBundle } from '@integrations/provider-kit';

/** How CircleCI is reached; whose projects they are, the token tells. */
export class CircleCiConfig {
  @IsCaBundle('a CircleCI Server')
  caBundle?: string;
}
