import { askApi, ProviderError } from '@integrations/provider-kit';
import type { HarborClient } from './client';

export interface HarborInfo {
  readonly version: string | null;
  readonly isReadOnly: boolean;
  /** Where users come from: `db_auth`, `ldap_auth`, `oidc_auth`. */
  readonly authMode: string;
}

export interface HarborPrincipal {
  readonly id: string;
  readonly kind: 'user' | 'robot';
  readonly isAdmin: boolean;
  /** Whether Harbor answers it what it may do. */
  readonly mayAskPermissions: boolean;
}

/** Without them there is no image to be had; the others scan, collect garbage and show pages. */
const ESSENTIAL = ['core', 'database', 'redis', 'registry'];

/** The components that are not well; null where the answer is none of Harbor's. */
export async function brokenComponents(
  { anonymous }: HarborClient,
  signal: AbortSignal,
): Promise<{ essential: readonly string[]; others: readonly string[] } | null> {
  // It is 200 whatever the body says. https://github.com/goharbor/harbor/issues/16406
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

/** Whom the credential makes us, once the registry has taken it. */
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
    const told = { id: await username(signal), isAdmin: false };
    // A robot is no user; it is known, though, or it would be 401.
    if (error.httpStatus === 412) return { ...told, kind: 'robot', mayAskPermissions: true };
    // A CLI secret is good for the registry and for lists, and for nothing else of the API.
    const isCliSecret = error.httpStatus === 401 && authMode === 'oidc_auth';
    if (isCliSecret) return { ...told, kind: 'user', mayAskPermissions: false };
    throw error;
  }
}
