import { ProviderError } from '@integrations/provider-kit';

/** Wraps a failure of ours in a call by a plugin: all but a ProviderError would be taken for the plugin's fault. */
export function ourFault(what: string): (cause: unknown) => never {
  return (cause) => {
    throw new ProviderError('internal', what, { cause });
  };
}
