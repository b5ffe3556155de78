import type { ProbeVerdict } from '@integrations/contracts';
import {
  type ApiAnswer,
  comparePermissions,
  hasCode,
  type IntegrationConfig,
  type Probe,
  ProbeFailure,
  type ProviderDeps,
  recognise,
  runProbe,
} from '@integrations/provider-kit';
import { type JenkinsClient, openJenkins } from './client';
import type { JenkinsConfig } from './config';
import { JOB_READ, OVERALL_READ, REQUIRED, SYSTEM_READ } from './permissions';

const OTHER_PRODUCT = 'This address does not serve Jenkins. If Jenkins has a context path, such as /jenkins, add it';

type Integration = IntegrationConfig<JenkinsConfig>;

interface WhoAmI {
  readonly name?: unknown;
  readonly anonymous?: unknown;
  readonly authenticated?: unknown;
}

/** Thorough: checks Jenkins, our identity, whether jobs can be read and whether more is allowed. Reads only. */
export function testConnection(
  integration: Integration,
  deps: ProviderDeps,
  signal: AbortSignal,
): Promise<ProbeVerdict> {
  let client: JenkinsClient;
  let me: WhoAmI;
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: async (probe) => {
        client = openJenkins(integration, probe.deps);
        // Jenkins answers this call even anonymously, but refuses a wrong credential here as well.
        const answer = await recognise(
          client.ask('/whoAmI', 'name,anonymous,authenticated', probe.signal),
          OTHER_PRODUCT,
        );
        me = answer.data;
        if (typeof me.anonymous !== 'boolean') throw new ProbeFailure('not_this_product', OTHER_PRODUCT);
        noteVersion(probe, answer);
      },
      identity: async (probe) => identify(probe, me),
      permissions: (probe) => prove(probe, client),
    },
  });
}

/** Cheap: one call, which needs the credential. */
export function checkHealth(integration: Integration, deps: ProviderDeps, signal: AbortSignal): Promise<ProbeVerdict> {
  return runProbe({
    ...{ deps, signal, requireCredential: true },
    stages: {
      credential: async (probe) => {
        const client = openJenkins(integration, probe.deps);
        const answer = await recognise(client.ask('', 'quietingDown', probe.signal), OTHER_PRODUCT);
        noteVersion(probe, answer);
        judgeQuiet(answer);
      },
    },
  });
}

function noteVersion({ note }: Probe, { headers }: ApiAnswer): void {
  const [version] = /^[\w.+-]{1,50}$/.exec(headers['x-jenkins'] ?? '') ?? [];
  note({ server: { product: 'Jenkins', ...(version === undefined ? {} : { version }) } });
}

function identify({ note }: Probe, { name, anonymous, authenticated }: WhoAmI): void {
  if (anonymous !== false || authenticated !== true) {
    throw new ProbeFailure(
      'anonymous_only',
      'Jenkins treats us as anonymous: does a proxy remove the Authorization header?',
    );
  }
  note({ principal: { id: String(name), kind: 'user' } });
}

async function prove(probe: Probe, client: JenkinsClient): Promise<void> {
  const root = await client.ask('', 'quietingDown,jobs[fullName]{0,1}', probe.signal).catch((error: unknown) => {
    if (hasCode(error, 'permission_missing')) probe.note({ permissions: comparePermissions(REQUIRED, [], 'observed') });
    throw error;
  });
  const { jobs } = root.data as { readonly jobs?: unknown };
  const seesJobs = Array.isArray(jobs) && jobs.length > 0;
  if (!seesJobs) probe.note({ warnings: [`No job can be seen: ${JOB_READ} is missing, or there is none`] });
  const granted = [OVERALL_READ, ...(seesJobs ? [JOB_READ] : []), ...(await seesSystem(probe, client))];
  probe.note({ permissions: { ...comparePermissions(REQUIRED, granted, 'observed'), missing: [] } });
  judgeQuiet(root);
}

/** More than reading jobs needs: only administrators and users with Overall/SystemRead see the list of plugins. */
async function seesSystem({ signal }: Probe, client: JenkinsClient): Promise<string[]> {
  try {
    await client.ask('/pluginManager', 'plugins[shortName]{0,1}', signal);
    return [SYSTEM_READ];
  } catch (error) {
    if (hasCode(error, 'permission_missing')) return [];
    throw error;
  }
}

function judgeQuiet({ data }: ApiAnswer): void {
  if ((data as { readonly quietingDown?: unknown }).quietingDown !== true) return;
  const message = 'Jenkins is about to shut down: it lets running builds finish and starts no others';
  throw new ProbeFailure('server_degraded', message, { status: 'degraded' });
}
