import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { rootCertificates } from 'node:tls';
import { CredentialStoreConfig } from './credential-store-config';
import { loadConfig } from './load-config';

const REQUIRED = { DATABASE_URL: 'postgres://u:p@db:5432/app', NATS_URL: 'nats://127.0.0.1:4222' };

describe('CredentialStoreConfig', () => {
  it('configures no store by default', () => {
    expect(loadConfig(CredentialStoreConfig, REQUIRED)).not.toHaveProperty('secretsDir', expect.anything());
  });

  it.each([
    ['SECRETS_DIR', 'secrets', 'absolute path'],
    ['SECRETS_DIR', '/nowhere', 'a directory that can be entered'],
    ['SECRETS_DIR', process.execPath, 'a directory that can be entered'],
    ['SECRETS_DIR', `/${'long'.repeat(100)}`, 'a directory that can be entered'],
    ['SECRETS_ENV_PREFIX', 'secret', 'end with SECRET_'],
    ['SECRETS_ENV_PREFIX', 'SECRETS_', 'end with SECRET_'],
    ['SECRETS_ENV_PREFIX', 'DATABASE_', 'end with SECRET_'],
    ['SECRETS_MASTER_KEY', 'hunter2hunter2', '32 bytes in base64 or hexadecimal'],
    ['SECRETS_MASTER_KEY_FILE', 'key', 'absolute path'],
  ])('refuses %s=%s', (key, value, allowed) => {
    const load = () => loadConfig(CredentialStoreConfig, { ...REQUIRED, [key]: value });
    expect(load).toThrow(allowed);
    expect(load).not.toThrow('hunter2');
  });

  it.each([
    ['VAULT_ADDR', 'vault:8200', 'https:// or http://'],
    ['VAULT_MOUNT', '../sys', 'mount path'],
    ['VAULT_MOUNT', 'kv/', 'mount path'],
    ['VAULT_KV_VERSION', '3', 'from 1 to 2'],
    ['VAULT_PATH_PREFIX', 'integrations/', '{tenant}'],
    ['VAULT_PATH_PREFIX', 'integrations/{tenant}', 'end with /'],
    ['VAULT_PATH_PREFIX', 'integrations/x-{tenant}/', '{tenant} as one of its segments'],
    ['VAULT_PATH_PREFIX', '../{tenant}/', '{tenant} as one of its segments'],
    ['VAULT_PATH_PREFIX', '{tenant}/../', '{tenant} as one of its segments'],
    ['VAULT_AUTH_METHOD', 'ldap', 'token, approle, kubernetes'],
    ['VAULT_TOKEN_FILE', 'hunter2hunter2', 'absolute path'],
    ['VAULT_CA_FILE', '/nowhere.pem', 'a readable PEM file'],
    ['VAULT_CA_FILE', resolve('package.json'), 'a readable PEM file'],
    ['AUTHORITY_CA_FILE', '/nowhere.pem', 'a readable PEM file'],
    ['AUTHORITY_URL', 'nats://authority', 'https:// or http://'],
    ['K8S_API_URL', 'http://kubernetes', 'https://'],
    ['K8S_NAMESPACES', 'acme', '<tenant>:<namespace>'],
    ['K8S_NAMESPACES', 'acme:ci,beta:kube/system', '<tenant>:<namespace>'],
  ])('refuses %s=%s for a store service', (key, value, allowed) => {
    const load = () => loadConfig(CredentialStoreConfig, { ...REQUIRED, [key]: value });
    expect(load).toThrow(allowed);
    expect(load).not.toThrow('hunter2');
  });

  it.each([
    ['AWS_SECRETS_REGION', 'eu-central-1.evil.example/', 'AWS region'],
    ['AWS_SECRETS_ENDPOINT', 'localhost:4566', 'https:// or http://'],
    ['AWS_SECRETS_PREFIX', 'integrations/', '{tenant}'],
    ['AWS_SECRETS_PREFIX', 'integrations/{tenant}', '{tenant}'],
    ['AWS_SECRETS_PREFIX', '{tenant}/x', '{tenant}'],
    ['AWS_SECRETS_PREFIX', '{tenant}/{tenant}/', '{tenant}'],
    ['AWS_SECRETS_PREFIX', 'arn:aws:{tenant}/', '{tenant}'],
    ['GCP_SECRETS_PROJECT', 'p/secrets/x', 'Google Cloud project'],
    ['GCP_SECRETS_PREFIX', 'integrations/{tenant}/', '{tenant}'],
    ['AZURE_VAULT_URL', 'my-vault', 'https:// or http://'],
    ['AZURE_VAULT_PREFIX', '{tenant}_', '{tenant}'],
  ])('refuses %s=%s for a cloud store', (key, value, allowed) => {
    expect(() => loadConfig(CredentialStoreConfig, { ...REQUIRED, [key]: value })).toThrow(`${key}: `);
    expect(() => loadConfig(CredentialStoreConfig, { ...REQUIRED, [key]: value })).toThrow(allowed);
  });

  it.each(['eu-central-1', 'us-gov-west-1', 'cn-north-1', 'us-isob-east-1', 'eusc-de-east-1'])(
    'accepts the region %s, whatever its partition',
    (region) => {
      const config = loadConfig(CredentialStoreConfig, { ...REQUIRED, AWS_SECRETS_REGION: region });
      expect(config.awsSecretsRegion).toBe(region);
    },
  );

  it('refuses to reach the Authority service over both HTTP and NATS', () => {
    const both = { AUTHORITY_URL: 'https://authority.internal', AUTHORITY_OVER_NATS: 'true' };
    expect(() => loadConfig(CredentialStoreConfig, { ...REQUIRED, ...both })).toThrow(
      'AUTHORITY_URL: must not be set together with AUTHORITY_OVER_NATS',
    );
  });

  it('reads the namespaces of each tenant, and then requires a CA file', () => {
    const namespaces = { K8S_NAMESPACES: 'acme:ci, acme:prod,beta:beta' };
    const load = () => loadConfig(CredentialStoreConfig, { ...REQUIRED, ...namespaces, K8S_CA_FILE: caFile });
    const directory = mkdtempSync(join(tmpdir(), 'ca-'));
    const caFile = join(directory, 'ca.crt');
    expect(load).toThrow('K8S_CA_FILE: must name a readable PEM file');
    expect(loadConfig(CredentialStoreConfig, { ...REQUIRED, K8S_NAMESPACES: ',' }).k8sNamespaces).toEqual([]);
    writeFileSync(caFile, rootCertificates[0]!);
    expect(load().k8sNamespaces).toEqual(['acme:ci', 'acme:prod', 'beta:beta']);
    rmSync(directory, { recursive: true });
  });

  it('lends the identity of the host to no tenant by default, to named tenants, or to all', () => {
    const tenantsOf = (env: Record<string, string>) =>
      loadConfig(CredentialStoreConfig, { ...REQUIRED, ...env }).ambientIdentity;
    expect(tenantsOf({})).toEqual([]);
    expect(tenantsOf({ AMBIENT_IDENTITY: 'acme, platform' })).toEqual(['acme', 'platform']);
    expect(tenantsOf({ AMBIENT_IDENTITY: '*' })).toEqual(['*']);
    expect(() => tenantsOf({ AMBIENT_IDENTITY: 'acme-*' })).toThrow('AMBIENT_IDENTITY: ');
    expect(() => tenantsOf({ AMBIENT_IDENTITY: 'true,ACME' })).toThrow('AMBIENT_IDENTITY: ');
  });

  it('refuses a previous master key in a variable, which is only read from a file', () => {
    const env = { ...REQUIRED, SECRETS_PREVIOUS_MASTER_KEY: 'hunter2hunter2' };
    expect(() => loadConfig(CredentialStoreConfig, env)).toThrow(
      'SECRETS_PREVIOUS_MASTER_KEY: is not read: put it into a file and name the file in SECRETS_PREVIOUS_MASTER_KEY_FILE',
    );
    expect(() => loadConfig(CredentialStoreConfig, env)).not.toThrow('hunter2');
  });

  it('refuses two master keys at once, naming both settings', () => {
    const both = { SECRETS_MASTER_KEY: 'a'.repeat(64), SECRETS_MASTER_KEY_FILE: '/key' };
    expect(() => loadConfig(CredentialStoreConfig, { ...REQUIRED, ...both })).toThrow(
      'SECRETS_MASTER_KEY_FILE: must not be set together with SECRETS_MASTER_KEY',
    );
  });
});
