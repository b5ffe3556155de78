import { IsCaBundle } from '@integrations/provider-kit';

/** How to reach CircleCI. The token decides which projects are listed. */
export class CircleCiConfig {
  @IsCaBundle('a CircleCI Server')
  caBundle?: string;
}
