import type { DiscoveredPipeline, Page } from '@integrations/contracts';
import {
  type DiscoveryQuery,
  foreignCursor,
  pageOf,
  percentDecoded,
  ProviderError,
  type UpstreamPage,
  webUrl,
} from '@integrations/provider-kit';
import { jobPath, type JenkinsClient } from './client';

/** An entry of a folder. */
interface Entry {
  readonly fullName: string;
  readonly url: string | null;
  readonly isEnabled: boolean;
  /** The entries of a folder or a multibranch job, which is a kind of folder. Null for a job. */
  readonly entries: readonly Entry[] | null;
}

/** Where a list continues: with the jobs of `folder`, and after them those of the folders around it. */
interface Place {
  /** The full name; empty for Jenkins itself. */
  readonly folder: string;
  /** Numbers of entries done in each folder on the way to `folder`, outermost first; the last is in `folder`. */
  readonly passed: readonly number[];
}

/** Entries of a folder that are read at once. */
const WINDOW = 20;
/** Entries that are read along with each folder in the window: multibranch jobs rarely have more branches. */
const MAX_NESTED_ENTRIES = 50;
const FIELDS = 'fullName,url,buildable';
const PLACE = /^(\d{1,6}(?:\.\d{1,6}){0,30})\/(.{0,2000})$/s;

/** All jobs in all folders, including the branches of multibranch jobs; depth first, in Jenkins's own order. */
export async function listPipelines(
  client: JenkinsClient,
  query: DiscoveryQuery,
  signal: AbortSignal,
): Promise<Page<DiscoveredPipeline>> {
  return pageOf(
    (page) => jobsAt(client, page.startsWith('n=') ? { folder: '', passed: [0] } : decodePlace(page), signal),
    query,
    ({ name }) => name,
  );
}

async function jobsAt(
  client: JenkinsClient,
  at: Place,
  signal: AbortSignal,
): Promise<UpstreamPage<DiscoveredPipeline>> {
  const passed = at.passed.at(-1)!;
  const entries = await entriesOf(client, at.folder, passed, signal);
  const jobs: Entry[] = [];
  for (const [index, entry] of entries.entries()) {
    const inside = entry.entries ?? [entry];
    if (isWhole(inside)) {
      jobs.push(...inside);
      continue;
    }
    const next = { folder: entry.fullName, passed: [...at.passed.with(-1, passed + index + 1), 0] };
    return { items: jobs.map(pipelineOf), next: encodePlace(next) };
  }
  const next = entries.length < WINDOW ? above(at) : { ...at, passed: at.passed.with(-1, passed + WINDOW) };
  return { items: jobs.map(pipelineOf), next: next && encodePlace(next) };
}

async function entriesOf(client: JenkinsClient, folder: string, from: number, signal: AbortSignal): Promise<Entry[]> {
  // On the innermost level, one entry is enough to recognise a folder.
  const inside = `jobs[${FIELDS},jobs[fullName]{0,1}]{0,${MAX_NESTED_ENTRIES + 1}}`;
  const tree = `jobs[${FIELDS},${inside}]{${from},${from + WINDOW}}`;
  const { data } = await client.ask(folder === '' ? '' : jobPath(folder), tree, signal);
  const entries = readEntries((data as { readonly jobs?: unknown }).jobs);
  if (entries) return entries;
  throw new ProviderError('provider_unavailable', "Jenkins' answer is not a list of jobs");
}

/** True if the entries are complete and contain no folders. */
function isWhole(entries: readonly Entry[]): boolean {
  return entries.length <= MAX_NESTED_ENTRIES && entries.every((entry) => entry.entries === null);
}

function readEntries(value: unknown): Entry[] | null {
  if (!Array.isArray(value)) return null;
  return value.flatMap((one) => {
    const { fullName, url, buildable, jobs } = (one ?? {}) as Record<string, unknown>;
    if (typeof fullName !== 'string') return [];
    return [{ fullName, url: webUrl(url), isEnabled: buildable === true, entries: readEntries(jobs) }];
  });
}

/** A branch's job is named after the branch, URL-encoded. Names of other jobs contain no percent sign. */
function pipelineOf({ fullName, url, isEnabled }: Entry): DiscoveredPipeline {
  const name = fullName.split('/').map(percentDecoded).join('/');
  return { id: fullName, name, url, repository: null, enabled: isEnabled };
}

function above({ folder, passed }: Place): Place | null {
  if (folder === '') return null;
  return { folder: folder.slice(0, Math.max(0, folder.lastIndexOf('/'))), passed: passed.slice(0, -1) };
}

function encodePlace({ folder, passed }: Place): string {
  return `${passed.join('.')}/${folder}`;
}

function decodePlace(page: string): Place {
  const [, numbers = '', folder = ''] = PLACE.exec(page) ?? [];
  const passed = numbers.split('.').map(Number);
  const depth = folder === '' ? 0 : folder.split('/').length;
  if (numbers !== '' && passed.length === depth + 1) return { folder, passed };
  throw foreignCursor();
}
