import assert from 'node:assert/strict';
import type { ScmOperation } from '@integrations/contracts';
import { METHODS } from '../actions';
import type { Rig } from '../rig';
import type { Check } from './check';

export function capabilityChecks(): Check[] {
  return [
    { title: 'capabilities: those declared are the methods of an open session', run: matchMethods },
    { title: 'capabilities: each has a sample request', run: haveSamples },
    { title: 'open: reaches nothing', run: opensWithoutIo },
  ];
}

async function matchMethods(rig: Rig): Promise<void> {
  const { plugin, integration, deps } = await rig.connect();
  const { annotations } = plugin.open(integration, deps);
  const present = (Object.keys(METHODS) as ScmOperation[]).filter(
    (operation) => typeof annotations?.[METHODS[operation]] === 'function',
  );
  assert.deepEqual([...plugin.capabilities].sort(), present.sort());
}

async function haveSamples(rig: Rig): Promise<void> {
  const declared = rig.subject.createPlugin().capabilities;
  const without = declared.filter((capability) => !rig.subject.requests[capability]);
  assert.deepEqual(without, [], 'capabilities without a sample request');
}

async function opensWithoutIo(rig: Rig): Promise<void> {
  const { plugin, integration, deps } = await rig.connect({ credential: 'unresolvable' });
  rig.watch.take();
  plugin.open(integration, deps);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(rig.proxy?.seen.length ?? 0, 0, 'open() sent a request');
  assert.deepEqual(rig.watch.take(), [], 'open() connected');
}
