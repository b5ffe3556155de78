import type { BusServers } from '@integrations/bus';
import type { ServiceConfig } from '@integrations/config';

/** The NATS connection settings of the app with this name. */
export function natsServers(name: string, config: ServiceConfig): BusServers {
  const { natsUrl, natsCredentialsFile, natsCaFile, natsCertFile, natsKeyFile } = config;
  const tls = {
    ...(natsCaFile ? { caFile: natsCaFile } : {}),
    ...(natsCertFile && natsKeyFile ? { certFile: natsCertFile, keyFile: natsKeyFile } : {}),
  };
  return {
    servers: natsUrl,
    name,
    credentialsFile: natsCredentialsFile,
    tls: Object.keys(tls).length > 0 ? tls : undefined,
  };
}
