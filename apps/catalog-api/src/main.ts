import { join } from 'node:path';
import { runService } from '@integrations/bootstrap';
import { exitOnConfigError, loadConfig } from '@integrations/config';
import { CatalogConfig } from './config';
import { catalogService } from './service';

const config = exitOnConfigError(() => loadConfig(CatalogConfig, process.env));
await runService(catalogService(config, join(import.meta.dirname, 'console')));
