import { labelOf } from './label-of';

describe('labelOf', () => {
  it.each([
    ['region', 'Region'],
    ['appId', 'App ID'],
    ['stsEndpoint', 'STS endpoint'],
    ['entraTenantId', 'Entra tenant ID'],
    ['caBundle', 'CA bundle'],
    ['googleApis', 'Google APIs'],
    ['clientCertRef', 'Client certificate reference'],
    ['latencyMs', 'Latency in ms'],
    ['snake_case', 'Snake case'],
    ['requestsPerHour', 'Requests per hour'],
  ])('turns %s into %s', (name, label) => {
    expect(labelOf(name)).toBe(label);
  });
});
