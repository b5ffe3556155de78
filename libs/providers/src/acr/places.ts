import type { AcrIntegration } from './config';

type Placed = Pick<AcrIntegration, 'endpoint' | 'config'>;

const PUBLIC_AUTHORITY = 'https://login.microsoftonline.com';
/** By the end of a registry's name. https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud */
const AUTHORITIES: ReadonlyMap<string, string> = new Map([
  ['.azurecr.io', PUBLIC_AUTHORITY],
  ['.azurecr.cn', 'https://login.partner.microsoftonline.cn'],
  ['.azurecr.us', 'https://login.microsoftonline.us'],
]);

/** Where the registry gives out its tokens. */
export function loginServerOf({ endpoint, config }: Placed): string {
  return config.loginServer ?? endpoint;
}

/** Entra ID of the cloud that the registry is in. */
export function authorityOf(integration: Placed): string {
  return integration.config.authority ?? authorityToldBy(loginServerOf(integration)) ?? PUBLIC_AUTHORITY;
}

/** Whether all that is called has one of Azure's own names. */
export function isAzureOwn({ endpoint, config }: Placed): boolean {
  const { authority, loginServer } = config;
  return authority === undefined && loginServer === undefined && authorityToldBy(endpoint) !== undefined;
}

function authorityToldBy(endpoint: string): string | undefined {
  const { hostname } = new URL(endpoint);
  return [...AUTHORITIES].find(([suffix]) => hostname.endsWith(suffix))?.[1];
}
