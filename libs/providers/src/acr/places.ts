import type { AcrIntegration } from './config';

type Placed = Pick<AcrIntegration, 'endpoint' | 'config'>;

const PUBLIC_AUTHORITY = 'https://login.microsoftonline.com';
/** Entra ID by the suffix of a registry's name. https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud */
const AUTHORITIES: ReadonlyMap<string, string> = new Map([
  ['.azurecr.io', PUBLIC_AUTHORITY],
  ['.azurecr.cn', 'https://login.partner.microsoftonline.cn'],
  ['.azurecr.us', 'https://login.microsoftonline.us'],
]);

/** The server that issues the registry's tokens. */
export function loginServerOf({ endpoint, config }: Placed): string {
  return config.loginServer ?? endpoint;
}

/** Entra ID of the registry's cloud. */
export function authorityOf(integration: Placed): string {
  return integration.config.authority ?? authorityFor(loginServerOf(integration)) ?? PUBLIC_AUTHORITY;
}

/** True if every called host has one of Azure's own names. */
export function isAzureOwn({ endpoint, config }: Placed): boolean {
  const { authority, loginServer } = config;
  return authority === undefined && loginServer === undefined && authorityFor(endpoint) !== undefined;
}

function authorityFor(endpoint: string): string | undefined {
  const { hostname } = new URL(endpoint);
  return [...AUTHORITIES].find(([suffix]) => hostname.endsWith(suffix))?.[1];
}
