import { AsList, ServiceConfig } from '@integrations/config';

export class CatalogConfig extends ServiceConfig {
  /** npm packages with providers of third parties. */
  @AsList()
  providerPlugins: string[] = [];
}
