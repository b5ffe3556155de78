import { randomBytes } from 'node:crypto';
import { type Answer, HttpAnswer } from '../../../../../test/support/fake-vendor/answer';
import type { LoggedRequest } from '../../../../../test/support/fake-vendor/faults';
import { VendorServer } from '../../../../../test/support/fake-vendor/server';
import { ACCOUNT, FakeAws, fault, json, REGION } from '../../vendors/aws/__fixtures__/fake-aws';

interface FakeTask {
  readonly taskArn: string;
  readonly clusterArn: string;
  lastStatus: string;
  readonly group: string;
}

interface RunOptions {
  readonly service?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly node?: string;
  readonly digest?: string;
}

type Input = Record<string, unknown>;

/** The four ECS calls that we use, with their limits: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ */
export class FakeEcs extends FakeAws {
  readonly clusters = new Map<string, { status: string }>();
  /** Clusters that are left out of their page, so that the page is shorter. */
  readonly unlisted = new Set<string>();
  /** Clusters that are listed although their tasks may not be. */
  readonly closed = new Set<string>();
  readonly tasks: FakeTask[] = [];
  /** Maximum number of items per page, even if more are asked for. */
  pageSize = 100;
  readonly server = new EcsServer(this);
  protected readonly service = 'ecs';
  protected readonly target = 'AmazonEC2ContainerServiceV20141113';
  protected readonly region = REGION;

  run(cluster: string, family: string, image: string, { service, tags = {}, node, digest }: RunOptions = {}): FakeTask {
    if (!this.clusters.has(cluster)) this.clusters.set(cluster, { status: 'ACTIVE' });
    const id = randomBytes(16).toString('hex');
    const task = {
      ...{ taskArn: arn(`task/${cluster}/${id}`), clusterArn: arn(`cluster/${cluster}`) },
      ...{ taskDefinitionArn: arn(`task-definition/${family}:7`), lastStatus: 'RUNNING', desiredStatus: 'RUNNING' },
      ...{ group: service === undefined ? `family:${family}` : `service:${service}`, startedAt: 1_795_600_000.25 },
      ...(node === undefined ? {} : { containerInstanceArn: arn(`container-instance/${cluster}/${node}`) }),
      tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
      containers: [{ name: 'web', image, ...(digest === undefined ? {} : { imageDigest: digest }) }],
    };
    this.tasks.push(task);
    return task;
  }

  protected act(action: string, input: Input): Answer {
    switch (action) {
      case 'ListClusters':
        return this.#page(
          'clusterArns',
          [...this.clusters.keys()].map((name) => arn(`cluster/${name}`)),
          input,
        );
      case 'DescribeClusters': {
        const names = (input['clusters'] as string[]).map(nameIn);
        const clusters = names.flatMap((name) => {
          const found = this.clusters.get(name);
          return found ? [{ clusterArn: arn(`cluster/${name}`), clusterName: name, ...found }] : [];
        });
        const missing = names.filter((name) => !this.clusters.has(name));
        return json({
          clusters,
          failures: missing.map((name) => ({ arn: arn(`cluster/${name}`), reason: 'MISSING' })),
        });
      }
      case 'ListTasks':
        return this.#page(
          'taskArns',
          this.#tasksOf(input).map(({ taskArn }) => taskArn),
          input,
        );
      case 'DescribeTasks': {
        const asked = input['tasks'] as string[];
        if (asked.length > 100) throw fault('InvalidParameterException');
        // ECS returns tasks in no particular order.
        const tasks = this.#tasksOf(input)
          .filter(({ taskArn }) => asked.includes(taskArn))
          .reverse();
        const hasTags = (input['include'] as string[] | undefined)?.includes('TAGS') ?? false;
        return json({ tasks: tasks.map((task) => ({ ...task, ...(hasTags ? {} : { tags: [] }) })), failures: [] });
      }
      default:
        throw fault('UnknownOperationException');
    }
  }

  #tasksOf({ cluster }: Input): FakeTask[] {
    const name = nameIn(String(cluster));
    if (this.closed.has(name)) throw fault('AccessDeniedException');
    const { status = 'INACTIVE' } = this.clusters.get(name) ?? {};
    if (status === 'INACTIVE') throw fault('ClusterNotFoundException');
    return this.tasks.filter(({ clusterArn }) => nameIn(clusterArn) === name);
  }

  #page(field: string, arns: readonly string[], { maxResults, nextToken }: Input): Answer {
    const size = Math.min(Number(maxResults), this.pageSize);
    if (!(Number(maxResults) >= 1 && Number(maxResults) <= 100)) throw fault('InvalidParameterException');
    const from = nextToken === undefined ? 0 : Number(Buffer.from(String(nextToken), 'base64').toString());
    if (!Number.isInteger(from)) throw fault('InvalidParameterException');
    const next = from + size < arns.length ? { nextToken: Buffer.from(String(from + size)).toString('base64') } : {};
    return json({ [field]: arns.slice(from, from + size).filter((one) => !this.unlisted.has(nameIn(one))), ...next });
  }
}

class EcsServer extends VendorServer {
  readonly #ecs: FakeEcs;

  constructor(ecs: FakeEcs) {
    super({ errorType: 'text/plain' });
    this.#ecs = ecs;
  }

  protected override standardHeaders(): Record<string, string> {
    return { 'x-amzn-requestid': randomBytes(8).toString('hex') };
  }

  protected answer(request: LoggedRequest, _url: URL, raw: string): Answer {
    const answer = this.#ecs.post(request, raw);
    if (answer) return answer;
    throw new HttpAnswer(404, { message: 'no such path' });
  }
}

function arn(resource: string): string {
  return `arn:aws:ecs:${REGION}:${ACCOUNT}:${resource}`;
}

function nameIn(text: string): string {
  return text.slice(text.lastIndexOf('/') + 1);
}
