import type { ConnectorPlugin } from '@integrations/provider-kit';
import { guardSession } from '@integrations/providers';
import type { Action } from '../actions';
import { succeed } from '../outcome';
import type { Rig } from '../rig';
import type { Check, Plan } from './check';

/** Checks that must pass before checks of failures make sense. */
export function answerChecks({ calls }: Plan): Check[] {
  return calls.map((call) => ({
    title: `${call.name}: returns a valid answer when nothing fails`,
    run: (rig: Rig) => works(rig, call),
  }));
}

/** Calls the plugin as the apps do, which validate its answer. */
async function works(rig: Rig, action: Action): Promise<void> {
  const { plugin, ...connection } = await rig.connect();
  const { provider } = plugin;
  const guarded: ConnectorPlugin = {
    ...plugin,
    open: (integration, deps) => guardSession(plugin.open(integration, deps), { provider, scrub: (text) => text }),
  };
  await succeed(action.name, (signal) => action.run({ ...connection, plugin: guarded }, signal));
}
