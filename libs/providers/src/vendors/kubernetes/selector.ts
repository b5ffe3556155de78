import { type LabelRequirement, ProviderError } from '@integrations/provider-kit';

// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
const NAME = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/;

/** The labels as a label selector. Throws `invalid_request` for a name or value that no Kubernetes label can have. */
export function labelSelector(labels: readonly LabelRequirement[]): string {
  return labels.map(written).join(',');
}

function written({ name, value }: LabelRequirement): string {
  if (!NAME.test(name) || (value !== null && !VALUE.test(value))) {
    throw new ProviderError('invalid_request', 'labels: a name or value is not valid for a Kubernetes label');
  }
  return value === null ? name : `${name}=${value}`;
}
