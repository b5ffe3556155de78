import { randomUUID } from 'node:crypto';
import { type Answer, HttpAnswer } from '../../../../../test/support/fake-vendor/answer';
import type { LoggedRequest } from '../../../../../test/support/fake-vendor/faults';
import { VendorServer } from '../../../../../test/support/fake-vendor/server';

export const TOKEN = '9f6c2c1e-0b1d-4c1a-8a53-3f7b8d5f4a10';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface FakeToken {
  AccessorID: string;
  Name: string;
  Type: 'client' | 'management';
  ExpirationTime: string | null;
}

interface FakeAllocation {
  readonly ID: string;
  readonly Name: string;
  readonly Namespace: string;
  readonly JobID: string;
  readonly JobVersion: number;
  readonly TaskGroup: string;
  ClientStatus: string;
  DesiredStatus: string;
}

const HEADERS = { 'x-nomad-index': '42', 'x-nomad-knownleader': 'true', 'x-nomad-lastcontact': '0' };

/** The few Nomad endpoints that we use: https://developer.hashicorp.com/nomad/api-docs. Refuses all others. */
export class FakeNomad extends VendorServer {
  readonly allocations: FakeAllocation[] = [];
  readonly jobs = new Map<string, object>();
  /** Null if ACLs are off. */
  token: FakeToken | null = { AccessorID: randomUUID(), Name: 'scanner', Type: 'client', ExpirationTime: null };
  /** Namespaces that the token may read. */
  readable = ['default', 'shop', 'nowhere'];
  mayReadAgents = true;
  health: { status: number; message: string } = { status: 200, message: 'ok' };
  hasLeader = true;
  /** True for a version before 1.10.1, which answers differently about tokens. */
  isOld = false;

  constructor() {
    super({ errorType: 'text/plain' });
  }

  run(
    job: string,
    count: number,
    images: readonly string[],
    { namespace = 'default', version = 0, meta = {} } = {},
  ): void {
    const Tasks = images.map((image, index) => ({ Name: `task${index}`, Driver: 'docker', Config: { image } }));
    const groups = [{ Name: 'web', Meta: { tier: 'web' }, Tasks }];
    this.jobs.set(`${namespace}/${job}/${version}`, { ID: job, Meta: meta, TaskGroups: groups });
    for (let index = 0; index < count; index++) {
      this.allocations.push({
        ...{ ID: randomUUID(), Name: `${job}.web[${index}]`, Namespace: namespace, JobID: job, JobVersion: version },
        ...{ TaskGroup: 'web', ClientStatus: 'running', DesiredStatus: 'run' },
      });
    }
  }

  protected override pathOf(url: URL): string | null {
    return url.pathname.startsWith('/v1/') ? url.pathname : null;
  }

  protected override standardHeaders(): Record<string, string> {
    return { ...HEADERS, 'x-nomad-knownleader': String(this.hasLeader) };
  }

  protected answer({ method, path, query, headers }: LoggedRequest): Answer {
    if (method !== 'GET') throw refused(405, 'Invalid method');
    if (path === '/v1/agent/health') {
      const { status, message } = this.health;
      return { status, body: { server: { ok: status === 200, message } } };
    }
    if (path === '/v1/acl/token/self') return { status: 200, body: this.#tokenOf(headers) };
    this.#authenticate(headers);
    if (path === '/v1/agent/self') {
      if (!this.mayReadAgents) throw refused(403, 'Permission denied');
      return { status: 200, body: { member: { Name: 'n1.global', Tags: { build: '1.9.3', role: 'nomad' } } } };
    }
    if (path === '/v1/allocations') return this.#list(query);
    const [, id] = /^\/v1\/allocation\/([0-9a-f-]{36})$/.exec(path) ?? [];
    const found = this.allocations.find(({ ID, Namespace }) => ID === id && Namespace === query['namespace']);
    if (!found) throw refused(404, 'alloc not found');
    return {
      status: 200,
      body: { ...found, Job: this.jobs.get(`${found.Namespace}/${found.JobID}/${found.JobVersion}`) },
    };
  }

  /** After command/agent/acl_endpoint.go and nomad/auth/auth.go of 1.10.1 and 2.0.5. */
  #tokenOf(headers: LoggedRequest['headers']): object {
    if (this.isOld) return this.#tokenOfOld(headers);
    if (!this.token) return { AccessorID: 'acls-disabled', Name: 'ACLs disabled token', Type: 'client' };
    const shown = headers['x-nomad-token'];
    if (!shown) return { AccessorID: 'anonymous', Name: 'Anonymous Token', Type: 'client', Policies: ['anonymous'] };
    if (!UUID.test(String(shown))) {
      throw refused(500, 'failed to parse signed token: go-jose/go-jose: compact JWS format must have three parts');
    }
    if (shown !== TOKEN) throw refused(403, 'Permission denied');
    if (this.#isExpired) throw refused(500, 'ACL token expired');
    return { ...this.token, Policies: ['readers'], Global: false };
  }

  /** After acl_endpoint.go of 1.3.0 to 1.10.0 and nomad/state/state_store.go. It also describes an expired token. */
  #tokenOfOld(headers: LoggedRequest['headers']): object {
    if (!this.token) throw refused(400, 'ACL support disabled');
    const shown = headers['x-nomad-token'];
    if (!shown) throw refused(500, 'acl token lookup failed: missing secret id');
    if (!UUID.test(String(shown))) {
      throw refused(500, 'acl token lookup failed: index error: UUID must be 36 characters');
    }
    if (shown !== TOKEN) throw refused(404, 'ACL token not found');
    return { ...this.token, Policies: ['readers'], Global: false };
  }

  get #isExpired(): boolean {
    return Date.parse(this.token?.ExpirationTime ?? '') < Date.now();
  }

  #authenticate(headers: LoggedRequest['headers']): void {
    const isKnown = headers['x-nomad-token'] === TOKEN && !this.#isExpired;
    if (this.token && !isKnown) throw refused(403, 'Permission denied');
  }

  #list(query: Readonly<Record<string, string>>): Answer {
    const { namespace = 'default', per_page = '0', next_token: token, filter } = query;
    if (namespace !== '*' && this.token && !this.readable.includes(namespace)) throw refused(403, 'Permission denied');
    const statuses =
      filter === undefined ? null : [...filter.matchAll(/ClientStatus == "(\w+)"/g)].map(([, word]) => word);
    const all = this.allocations.filter(
      (one) =>
        (namespace === '*' ? !this.token || this.readable.includes(one.Namespace) : one.Namespace === namespace) &&
        (!statuses || statuses.includes(one.ClientStatus)),
    );
    const start = token === undefined ? 0 : all.findIndex(({ ID }) => ID === token);
    if (start < 0) throw refused(400, 'failed to read result page');
    const end = Number(per_page) > 0 ? start + Number(per_page) : all.length;
    const next = all[end];
    const page = all.slice(start, end).map((one) => ({
      ...{ ...one, NodeID: randomUUID(), NodeName: 'node-1', JobType: 'service' },
      TaskStates: { task0: { State: 'running', StartedAt: '2026-11-20T10:00:00.5Z' }, task1: { StartedAt: null } },
    }));
    return { status: 200, body: page, ...(next ? { headers: { 'x-nomad-nexttoken': next.ID } } : {}) };
  }
}

function refused(status: number, message: string): HttpAnswer {
  return new HttpAnswer(status, message, { 'content-type': 'text/plain; charset=utf-8' });
}

/** A Nomad with two jobs in two namespaces. */
export async function startNomad(): Promise<{ readonly nomad: FakeNomad; readonly url: string }> {
  const nomad = new FakeNomad();
  nomad.run('shop', 3, ['registry.example/team/shop:1.4', `busybox@sha256:${'a'.repeat(64)}`], {
    namespace: 'shop',
    meta: { app: 'shop' },
  });
  nomad.run('cache', 2, ['redis:7']);
  return { nomad, url: await nomad.listen() };
}
