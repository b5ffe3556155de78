import { ProviderError } from '@integrations/provider-kit';

/** For what fails of ours while a plugin calls it: anything but a ProviderError would be taken for a fault of the plugin. */
export function ourFault(what: string): (cause: unknown) => never {
  return (cause) => {
    throw new ProviderError('internal', what, { cause });
  };
}
