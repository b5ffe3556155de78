import { IsIn, IsOptional, Matches, ValidateIf } from 'class-validator';
import { AsBoolean, AsInt, AsList, IsAbsolutePath, IsInsteadOf, IsPemFile, IsServiceUrl } from './converters';
import { ServiceConfig } from './service-config';

const VAULT_AUTH_METHODS = ['token', 'approle', 'kubernetes'] as const;
export type VaultAuthMethod = (typeof VAULT_AUTH_METHODS)[number];

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
/** Segments of letters, digits and `. _ -`, none of them `.` or `..`. */
const MOUNT = /^(?!\.\.?(\/|$))[A-Za-z0-9._-]+(\/(?!\.\.?(\/|$))[A-Za-z0-9._-]+)*$/;
/** Whole segments, one of them `{tenant}`, so that tenant `a` cannot name secrets of tenant `a-b`. */
const TENANT_PREFIX = /^((?!\.\.?\/)[A-Za-z0-9._-]+\/)*\{tenant\}\/((?!\.\.?\/)[A-Za-z0-9._-]+\/)*$/;
const TENANT_NAMESPACE = /^[a-z0-9][a-z0-9_-]{0,62}:[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const HEADER_TEXT = { message: 'must consist of visible ASCII characters' };

/** The secret stores that are services: HashiCorp Vault or OpenBao, the Authority service, Kubernetes. */
export class ServiceStoreConfig extends ServiceConfig {
  /** Enables the `vault` store. */
  @IsOptional()
  @IsServiceUrl('https', 'http')
  vaultAddr?: string;

  @IsOptional()
  @Matches(/^[\x21-\x7e]{1,256}$/, HEADER_TEXT)
  vaultNamespace?: string;

  /** PEM certificates that replace the public authorities. */
  @IsOptional()
  @IsPemFile()
  vaultCaFile?: string;

  /** Where the KV engine is mounted. */
  @Matches(MOUNT, { message: 'must be a mount path without / at its ends' })
  vaultMount: string = 'secret';

  @AsInt({ min: 1, max: 2 })
  vaultKvVersion: number = 2;

  /** Prefix of a reference's path. */
  @Matches(TENANT_PREFIX, { message: 'must end with / and contain {tenant} as one of its segments' })
  vaultPathPrefix: string = 'integrations/{tenant}/';

  @IsIn(VAULT_AUTH_METHODS)
  vaultAuthMethod: VaultAuthMethod = 'token';

  /** Where the auth method is mounted; by default, its own name. */
  @IsOptional()
  @Matches(MOUNT, { message: 'must be a mount path without / at its ends' })
  vaultAuthMount?: string;

  /** For `token`: a file such as Vault Agent writes. Read again when the token is refused. */
  @IsOptional()
  @IsAbsolutePath()
  vaultTokenFile?: string;

  /** For `approle`. */
  @IsOptional()
  @Matches(/^[\x21-\x7e]{1,256}$/, HEADER_TEXT)
  vaultRoleId?: string;

  /** For `approle`. */
  @IsOptional()
  @IsAbsolutePath()
  vaultSecretIdFile?: string;

  /** For `kubernetes`: the role to log in as. */
  @IsOptional()
  @Matches(/^[\x21-\x7e]{1,256}$/, HEADER_TEXT)
  vaultRole?: string;

  /** For `kubernetes`: the token of the service account. */
  @IsAbsolutePath()
  vaultJwtFile: string = `${SERVICE_ACCOUNT}/token`;

  /** Enables the `authority` store, over HTTP. */
  @IsOptional()
  @IsServiceUrl('https', 'http')
  @IsInsteadOf('authorityOverNats', 'AUTHORITY_OVER_NATS')
  authorityUrl?: string;

  @IsOptional()
  @IsPemFile()
  authorityCaFile?: string;

  /** The bearer token for the Authority service; read again for each request. */
  @IsOptional()
  @IsAbsolutePath()
  authorityTokenFile?: string;

  /** Enables the `authority` store, over the NATS connection of the app. */
  @IsOptional()
  @AsBoolean()
  authorityOverNats?: boolean;

  /** Enables the `k8s` store: `<tenant>:<namespace>` for each namespace that a tenant may name. */
  @IsOptional()
  @AsList()
  @Matches(TENANT_NAMESPACE, { each: true, message: 'must be pairs <tenant>:<namespace>, separated by commas' })
  k8sNamespaces?: string[];

  @IsServiceUrl('https')
  k8sApiUrl: string = 'https://kubernetes.default.svc';

  /** The token of the service account. Read again for each request, because kubelet renews it. */
  @IsAbsolutePath()
  k8sTokenFile: string = `${SERVICE_ACCOUNT}/token`;

  /** Only validated if the store is enabled: outside a pod, the default file does not exist. */
  @ValidateIf(({ k8sNamespaces = [] }: ServiceStoreConfig) => k8sNamespaces.length > 0)
  @IsPemFile()
  k8sCaFile: string = `${SERVICE_ACCOUNT}/ca.crt`;
}
