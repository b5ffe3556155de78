import { type LabelRequirement, ProviderError } from '@integrations/provider-kit';

// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
const NAME = /^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/;

/** As the API takes it. Throws `invalid_request` of what can be no label of an object there. */
export function labelSelector(labels: readonly LabelRequirement[]): string {
  return labels.map(written).join(',');
}

function written({ name, value }: LabelRequirement): string {
  if (!NAME.test(name) || (value !== null && !VALUE.test(value))) {
    throw new ProviderError('invalid_request', 'labels: names or has a value that Kubernetes knows no label of');
  }
  return value === null ? name : `${name}=${value}`;
}
