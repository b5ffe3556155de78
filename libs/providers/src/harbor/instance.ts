import { askApi, ProviderError } from '@integrations/provider-kit';
import type { HarborClient } from './client';

export interface HarborInfo {
  readonly version: string | null;
  readonly isReadOnly: boolean;
  /** How users authenticate: `db_auth`, `ldap_auth`, `oidc_auth`. */
  readonly authMode: string;
}

export interface HarborPrincipal {
  readonly id: string;
  readonly kind: 'user' | 'robot';
  readonly isAdmin: boolean;
  /** True if Harbor lets this account query its permissions. */
  readonly mayAskPermissions: boolean;
}

/** Components without which no image can be pulled. The others scan, collect garbage and serve the web pages. */
const ESSENTIAL = ['core', 'database', 'redis', 'registry'];

/** The unhealthy components; null if the answer does not come from Harbor. */
export async function brokenComponents(
  { anonymous }: HarborClient,
  signal: AbortSignal,
): Promise<{ essential: readonly string[]; others: readonly string[] } | null> {
  // The status is always 200, whatever the body says. https://github.com/goharbor/harbor/issues/16406
  const { data } = await askApi(anonymous, { path: '/health' }, signal);
  const { components } = (data ?? {}) as { readonly components?: unknown };
  if (!Array.isArray(components)) return null;
  const broken = components.flatMap((value) => {
    const { name, status } = (value ?? {}) as Record<string, unknown>;
    return typeof name === 'string' && status !== 'healthy' ? [name] : [];
  });
  return {
    essential: broken.filter((name) => ESSENTIAL.includes(name)),
    others: broken.filter((name) => !ESSENTIAL.includes(name)),
  };
}

export async function readInfo({ api }: HarborClient, signal: AbortSignal): Promise<HarborInfo> {
  const { data } = await askApi(api, { path: '/systeminfo' }, signal);
  const { harbor_version, read_only, auth_mode } = (data ?? {}) as Record<string, unknown>;
  return {
    version: typeof harbor_version === 'string' ? harbor_version : null,
    isReadOnly: read_only === true,
    authMode: String(auth_mode),
  };
}

/** The account behind the credential. Call it after the registry has accepted the credential. */
export async function readPrincipal(
  { api, username }: HarborClient,
  { authMode }: HarborInfo,
  signal: AbortSignal,
): Promise<HarborPrincipal> {
  try {
    const { data } = await askApi(api, { path: '/users/current' }, signal);
    const { username: name, sysadmin_flag } = (data ?? {}) as Record<string, unknown>;
    const id = typeof name === 'string' ? name : await username(signal);
    return { id, kind: 'user', isAdmin: sysadmin_flag === true, mayAskPermissions: true };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const known = { id: await username(signal), isAdmin: false };
    // Harbor answers 412 to a valid robot, which is not a user, and 401 to an invalid credential.
    if (error.httpStatus === 412) return { ...known, kind: 'robot', mayAskPermissions: true };
    // A CLI secret is valid for the registry and for the API's lists, but not for the rest of the API.
    const isCliSecret = error.httpStatus === 401 && authMode === 'oidc_auth';
    if (isCliSecret) return { ...known, kind: 'user', mayAskPermissions: false };
    throw error;
  }
}
