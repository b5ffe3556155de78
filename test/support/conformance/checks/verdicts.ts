import assert from 'node:assert/strict';
import { HEALTH_STATUSES, PROBE_CODES, PROBE_STAGES, type ProbeVerdict } from '@integrations/contracts';
import { type Action, PROBES } from '../actions';
import { EXPECTATIONS, type Fault } from '../faults';
import { type Outcome, settle, stackOf } from '../outcome';
import type { ConnectOptions, Rig } from '../rig';
import type { Check, Plan } from './check';
import { faultRuns } from './faults';

export function verdictChecks({ actions, faults }: Plan): Check[] {
  const probes = actions.filter(({ name }) => (PROBES as readonly string[]).includes(name));
  return probes.flatMap((probe) => [
    {
      title: `${probe.name}: reports a healthy vendor as healthy, with every stage passed`,
      run: (rig: Rig) => judgesHealthy(rig, probe),
    },
    ...faults.map((fault) => ({
      title: `${probe.name}: returns the right verdict when the vendor ${fault}`,
      run: (rig: Rig) => judgesFault(rig, probe, fault),
    })),
    {
      title: `${probe.name}: returns the right verdict when the secret cannot be resolved`,
      run: (rig: Rig) => judgesSecret(rig, probe),
    },
    {
      title: `${probe.name}: returns a verdict even when egress or the credential throws`,
      run: (rig: Rig) => survivesBrokenDependencies(rig, probe),
    },
  ]);
}

async function judgesHealthy(rig: Rig, probe: Action): Promise<void> {
  const verdict = await verdictOf(rig, probe, {});
  const faults = rig.reported.map((error) => `\n${stackOf(error)}`);
  assert.equal(verdict.status, 'healthy', `${verdict.code}: ${verdict.message}${faults.join('')}`);
  assert.equal(verdict.code, 'ok');
  const failed = verdict.stages.filter(({ ok }) => !ok);
  assert.deepEqual(failed, []);
  if (!verdict.permissions) return;
  assert.deepEqual([...verdict.permissions.required].sort(), [...rig.subject.createPlugin().requiredScopes].sort());
  assert.deepEqual(verdict.permissions.missing, []);
}

async function judgesFault(rig: Rig, probe: Action, fault: Fault): Promise<void> {
  const expected = EXPECTATIONS[fault];
  for (const { from, outcome } of await faultRuns(rig, probe, fault)) {
    const verdict = asVerdict(probe.name, outcome);
    const said = `request ${from}: ${verdict.status}, ${verdict.code} (${verdict.message})`;
    assert.ok(expected.verdicts.includes(verdict.code), `${said}, not ${expected.verdicts.join(' or ')}`);
    assert.ok(expected.statuses.includes(verdict.status), `${said}, not ${expected.statuses.join(' or ')}`);
    assertStopsAtFailure(verdict);
    if (fault === 'answers 429') assert.ok((verdict.retryAfterMs ?? 0) > 0, `${said}: no retryAfterMs`);
  }
}

async function judgesSecret(rig: Rig, probe: Action): Promise<void> {
  const unresolvable = await verdictOf(rig, probe, { credential: 'unresolvable' });
  assert.equal(unresolvable.code, 'secret_unresolvable');
  const down = await verdictOf(rig, probe, { credential: 'store_down' });
  assert.equal(down.code, 'prober_error');
  assert.equal(rig.proxy?.seen.length ?? 0, 0, 'a request was sent without the secret');
  if (!rig.subject.createPlugin().credential.required) return;
  const absent = await verdictOf(rig, probe, { credential: 'absent' });
  assert.equal(absent.code, 'credential_missing');
  assert.equal(rig.proxy?.seen.length ?? 0, 0, 'a request was sent without the secret');
}

async function survivesBrokenDependencies(rig: Rig, probe: Action): Promise<void> {
  const connection = await rig.connect();
  const broken = () => Promise.reject(new TypeError('the dependency is broken'));
  const egress = { request: broken, fetch: broken };
  const credential = { present: true, resolve: broken, forget: () => undefined };
  for (const deps of [
    { ...connection.deps, egress },
    { ...connection.deps, credential },
  ]) {
    asVerdict(probe.name, await settle(probe.name, (signal) => probe.run({ ...connection, deps }, signal)));
  }
}

async function verdictOf(rig: Rig, probe: Action, options: ConnectOptions): Promise<ProbeVerdict> {
  const connection = await rig.connect(options);
  return asVerdict(probe.name, await settle(probe.name, (signal) => probe.run(connection, signal)));
}

/** Returns the value if it is a verdict that people and programs can use; fails otherwise. */
function asVerdict(what: string, outcome: Outcome<unknown>): ProbeVerdict {
  assert.ok(outcome.ok, `${what} throws instead of answering: ${outcome.ok ? '' : stackOf(outcome.error)}`);
  const verdict = outcome.value as ProbeVerdict;
  assert.ok(HEALTH_STATUSES.includes(verdict.status), `status ${String(verdict.status)}`);
  assert.ok(Object.hasOwn(PROBE_CODES, verdict.code), `code ${String(verdict.code)}`);
  assert.ok(verdict.message, 'no message');
  assert.ok(verdict.remediation, 'no remediation');
  assert.ok(verdict.latencyMs >= 0, `latencyMs ${verdict.latencyMs}`);
  assert.equal(new Date(verdict.checkedAt).toISOString(), verdict.checkedAt);
  const order = verdict.stages.map(({ name }) => PROBE_STAGES.indexOf(name));
  assert.ok(!order.includes(-1), `unknown stage among ${verdict.stages.map(({ name }) => name).join(', ')}`);
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
    'stages out of order',
  );
  return verdict;
}

function assertStopsAtFailure({ stages }: ProbeVerdict): void {
  const failed = stages.findIndex(({ ok }) => !ok);
  assert.ok(failed >= 0, 'no stage failed');
  assert.equal(failed, stages.length - 1, `stages follow the failed ${stages[failed]?.name}`);
}
