import assert from 'node:assert/strict';
import { DISCOVERY_KINDS } from '@integrations/contracts';
import { METHODS, PARTS, type ProviderOperation, REGISTRY_METHODS, sorted } from '../actions';
import type { Rig } from '../rig';
import type { SampleRequests } from '../subject';
import type { Check } from './check';

export function capabilityChecks(): Check[] {
  return [
    { title: 'capabilities: match the methods of an open session', run: matchMethods },
    { title: 'capabilities: each has a sample request', run: haveSamples },
    { title: 'open: makes no connection', run: opensWithoutIo },
  ];
}

async function matchMethods(rig: Rig): Promise<void> {
  const { plugin, integration, deps } = await rig.connect();
  const { annotations, discovery, registry, ci, runtime } = plugin.open(integration, deps);
  const operations = (Object.keys(METHODS) as ProviderOperation[]).filter(
    (name) => typeof annotations?.[METHODS[name]] === 'function',
  );
  const kinds = DISCOVERY_KINDS.filter((kind) => typeof discovery?.[kind] === 'function');
  const ofImages = (Object.keys(REGISTRY_METHODS) as (keyof typeof REGISTRY_METHODS)[]).filter(
    (name) => typeof registry?.[REGISTRY_METHODS[name]] === 'function',
  );
  const ofCi = ci ? ['pipelines', 'runs'] : [];
  const ofHosts = runtime ? ['workloads'] : [];
  const offered = [...operations, ...kinds, ...ofImages, ...ofCi, ...ofHosts];
  const declared = [...plugin.capabilities].sort();
  assert.deepEqual(declared, offered.sort(), `declared are ${declared}, and the session has ${offered}`);
}

async function haveSamples(rig: Rig): Promise<void> {
  const { operations } = sorted(rig.subject.requests, rig.subject.createPlugin().capabilities);
  const without = operations.filter((operation) => !rig.subject.requests[operation]);
  assert.deepEqual(without, [], 'capabilities without a sample request');
  const { plugin, integration, deps } = await rig.connect();
  const { annotations, registry, ci } = plugin.open(integration, deps);
  assertSample(rig, 'image', registry, 'registry');
  assertSample(rig, 'runs', ci, 'ci');
  for (const part of Object.keys(PARTS) as (keyof typeof PARTS)[]) {
    assertSample(rig, part, annotations?.[PARTS[part]], `annotations.${PARTS[part]}`);
  }
}

/** A sample request must exist if, and only if, the session has the part that it is for. */
function assertSample(rig: Rig, sample: keyof SampleRequests, part: unknown, name: string): void {
  const isThere = rig.subject.requests[sample] !== undefined;
  const has = part !== undefined;
  const whatIsWrong = has ? `the session has ${name}, and there is no` : `the session has no ${name}, and there is a`;
  assert.equal(isThere, has, `${whatIsWrong} requests.${sample}`);
}

async function opensWithoutIo(rig: Rig): Promise<void> {
  const { plugin, integration, deps } = await rig.connect({ credential: 'unresolvable' });
  rig.watch.take();
  plugin.open(integration, deps);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(rig.proxy?.seen.length ?? 0, 0, 'open() sent a request');
  assert.deepEqual(rig.watch.take(), [], 'open() connected');
}
