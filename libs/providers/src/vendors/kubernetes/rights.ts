import type { Capability } from '@integrations/contracts';
import { comparePermissions, type Probe, unreadable } from '@integrations/provider-kit';
import type { ClusterApi } from './cluster-api';

/** A permission that the credential needs, and the capability that it enables. */
export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly capability: Capability;
}

/** All three are lists; a rule about URLs has no resources. */
type Rule = Partial<Record<'verbs' | 'apiGroups' | 'resources', unknown>>;

const AUTHORIZATION = '/apis/authorization.k8s.io/v1';
/** API groups in which every caller may ask about itself; not reported as excess. */
const SELF_REVIEW_GROUPS = ['authentication.k8s.io', 'authorization.k8s.io'];
const MAX_EXCESS = 50;

/** `list pods`, `list pipelineruns.tekton.dev`. */
export function nameOf({ verb, group, resource }: Omit<Right, 'capability'>): string {
  return `${verb} ${resource}${group === '' ? '' : `.${group}`}`;
}

/**
 * Asks the cluster whether each right is allowed in each namespace (null: in the whole cluster), and which other rights
 * the credential has in the first namespace, or in `default`.
 * https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
 */
export async function proveRights(
  { note, signal }: Probe,
  api: ClusterApi,
  rights: readonly Right[],
  namespaces: readonly (string | null)[],
): Promise<void> {
  const asked = namespaces.flatMap((namespace) => rights.map((right) => ({ right, namespace })));
  const allowed: typeof asked = [];
  for (const one of asked) if (await isAllowed(api, one.right, one.namespace, signal)) allowed.push(one);
  const lacks = (capability: Capability) =>
    asked.some((one) => one.right.capability === capability && !allowed.includes(one));
  const excess = await excessIn(api, namespaces[0] ?? 'default', rights, signal);
  note({
    permissions: comparePermissions(asked.map(placed), [...allowed.map(placed), ...excess], 'introspection'),
    capabilities: [...new Set(rights.map(({ capability }) => capability))].filter((capability) => !lacks(capability)),
  });
}

function placed({ right, namespace }: { readonly right: Right; readonly namespace: string | null }): string {
  return namespace === null ? nameOf(right) : `${nameOf(right)} in ${namespace}`;
}

async function isAllowed(
  api: ClusterApi,
  { verb, group, resource }: Right,
  namespace: string | null,
  signal: AbortSignal,
): Promise<boolean> {
  const attributes = { verb, group, resource, ...(namespace === null ? {} : { namespace }) };
  const status = await review(api, 'SelfSubjectAccessReview', { resourceAttributes: attributes }, signal);
  return status['allowed'] === true;
}

async function excessIn(
  api: ClusterApi,
  namespace: string,
  rights: readonly Right[],
  signal: AbortSignal,
): Promise<string[]> {
  const { resourceRules } = await review(api, 'SelfSubjectRulesReview', { namespace }, signal);
  const rules = Array.isArray(resourceRules) ? (resourceRules as readonly Rule[]) : [];
  const required = rights.map(nameOf);
  const all = rules.flatMap(({ verbs, apiGroups, resources }) =>
    namesIn(apiGroups)
      .filter((group) => !SELF_REVIEW_GROUPS.includes(group))
      .flatMap((group) =>
        namesIn(resources).flatMap((resource) => namesIn(verbs).map((verb) => nameOf({ verb, group, resource }))),
      ),
  );
  return [...new Set(all)].filter((name) => !required.includes(name)).slice(0, MAX_EXCESS);
}

function namesIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

async function review(
  api: ClusterApi,
  kind: 'SelfSubjectAccessReview' | 'SelfSubjectRulesReview',
  spec: object,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const path = `${AUTHORIZATION}/${kind.toLowerCase()}s`;
  const body = { apiVersion: 'authorization.k8s.io/v1', kind, spec };
  const { data } = await api.ask({ method: 'POST', path, body }, signal);
  const { status } = data as { readonly status?: Readonly<Record<string, unknown>> };
  if (typeof status !== 'object' || status === null) throw unreadable('Kubernetes', `POST ${path}`);
  return status;
}
