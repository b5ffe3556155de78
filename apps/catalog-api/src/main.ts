import { runService } from '@integrations/bootstrap';
import { exitOnConfigError, loadConfig } from '@integrations/config';
import { CatalogConfig } from './config';
import { catalogService } from './service';

void runService(catalogService(exitOnConfigError(() => loadConfig(CatalogConfig, process.env))));
