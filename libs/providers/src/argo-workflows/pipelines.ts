import type { DiscoveredPipeline, Page } from '@integrations/contracts';
import { type DiscoveryQuery, pageOf, ProviderError, type UpstreamPage } from '@integrations/provider-kit';
import type { ClusterObject } from '../vendors/kubernetes/objects';
import type { ArgoClient } from './client';
import { type ListName, pageOfList } from './lists';

/** The two kinds of pipelines in the order in which they are listed, and the label that links a run to its pipeline. */
const KINDS = [
  { kind: 'template', list: 'workflow-templates', label: 'workflows.argoproj.io/workflow-template' },
  { kind: 'cron', list: 'cron-workflows', label: 'workflows.argoproj.io/cron-workflow' },
] as const satisfies readonly { kind: string; list: ListName; label: string }[];
type Kind = (typeof KINDS)[number];

/** The fields that we use, of both kinds. */
interface Pipeline extends ClusterObject {
  readonly spec?: { readonly suspend?: boolean };
  readonly status?: { readonly phase?: string };
}

const ID = /^(template|cron)\/([^/]+)\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)$/;

/** Lists the templates, and after them the CronWorkflows. */
export function listPipelines(
  client: ArgoClient,
  query: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredPipeline>> {
  const fetch = async (at: string): Promise<UpstreamPage<DiscoveredPipeline>> => {
    const given = new URLSearchParams(at);
    const index = Math.max(
      0,
      KINDS.findIndex(({ kind }) => kind === given.get('of')),
    );
    const one = KINDS[index]!;
    const { items, next } = await pageOfList<Pipeline>(client, { name: one.list }, at, signal);
    const following = KINDS[index + 1];
    const after = following ? String(new URLSearchParams({ n: given.get('n') ?? '', of: following.kind })) : null;
    const pipelines = items.map((item) => pipelineOf(client.endpoint, one, item));
    return { items: pipelines, next: next === null ? after : `${next}&of=${one.kind}` };
  };
  return pageOf(fetch, query, ({ name }) => name);
}

/** The pipeline that a run's labels name. A scheduled run belongs to its CronWorkflow, even if that uses a template. */
export function pipelineIdOf(namespace: string, labels: Readonly<Record<string, string>>): string | null {
  const found = KINDS.findLast(({ label }) => labels[label]);
  return found ? `${found.kind}/${namespace}/${labels[found.label]}` : null;
}

/** The label selector and the namespace of a pipeline's runs. Throws `invalid_request` if `id` is not one of ours. */
export function runsOf(id: string): { readonly namespace: string; readonly selector: string } {
  const [, kind, namespace, name] = ID.exec(id) ?? [];
  const found = KINDS.find((one) => one.kind === kind);
  if (found && namespace !== undefined) return { namespace, selector: `${found.label}=${name}` };
  throw new ProviderError(
    'invalid_request',
    'pipeline: must be the id of a pipeline, template|cron/<namespace>/<name>',
  );
}

function pipelineOf(endpoint: string, { kind, list }: Kind, { metadata, spec, status }: Pipeline): DiscoveredPipeline {
  const name = `${metadata.namespace}/${metadata.name}`;
  // `Stopped`: by its own stopStrategy. https://argo-workflows.readthedocs.io/en/latest/cron-workflows/
  const enabled = !spec?.suspend && status?.phase !== 'Stopped';
  return { id: `${kind}/${name}`, name, url: `${endpoint}/${list}/${name}`, repository: null, enabled };
}
