import { resolve } from 'node:path';
import * as contracts from '@integrations/contracts';
import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { asyncApi } from './async-api';
import { type Contract, readContract } from './contract';
import { readSources } from './sources';
import type { Schema } from './type-schemas';

describe('the generated description of messages', () => {
  let contract: Contract;
  let document: Record<string, Record<string, unknown>>;

  beforeAll(() => {
    contract = readContract(readSources(resolve('.')), contracts);
    document = asyncApi(contract, '1.0.0') as typeof document;
  });

  const validator = (name: string) => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    return ajv.compile({ $ref: `#/components/schemas/${name}`, components: { schemas: contract.schemas } });
  };

  it('has no dangling references', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path!);
    expect(references.length).toBeGreaterThan(100);
    for (const path of references) {
      const found = path.split('/').reduce<unknown>((node, key) => (node as Record<string, unknown>)?.[key], document);
      expect([path, typeof found]).toEqual([path, 'object']);
    }
  });

  it('has every subject, every event and every error code', () => {
    const text = JSON.stringify(document);
    for (const subject of Object.values(contracts.RPC)) expect(text).toContain(`"address":"${subject}"`);
    expect(contract.schemas['ErrorCode']).toMatchObject({ enum: Object.keys(contracts.ERROR_CODES).sort() });
    for (const { name, type, dataSchema, description } of [...contract.events, ...contract.systemEvents]) {
      expect(type).toBe(contracts.eventType(name as 'updated'));
      expect(text).toContain(`{"const":"${dataSchema}"}`);
      expect([name, description]).toEqual([name, expect.stringMatching(/^.+\.$/)]);
    }
  });

  it('accepts events as the relay sends them, with unknown fields too', () => {
    const event = {
      integrationId: '01920000-0000-7000-8000-000000000001',
      tenantId: 'acme',
      type: 'scm',
      provider: 'github_app',
      generation: 3,
      sequence: 42,
      operationId: '01920000-0000-7000-8000-000000000002',
      operation: 'comment',
      owner: 'acme',
      repository: 'shop',
      prNumber: 7,
      commitSha: null,
      errorCode: 'locked',
      attempts: 1,
    };
    const validate = validator('AnnotationFailedEvent');
    expect([validate({ ...event, more: true }), validate.errors]).toEqual([true, null]);
    for (const wrong of [{ errorCode: 'unheard_of' }, { prNumber: '7' }, { type: 'garden' }, { sequence: undefined }]) {
      expect([wrong, validate(JSON.parse(JSON.stringify({ ...event, ...wrong })))]).toEqual([wrong, false]);
    }
  });

  it('describes the limits, defaults and comments of requests', () => {
    expect(contract.schemas['ResolveIntegrationRequest']).toMatchObject({
      additionalProperties: false,
      properties: {
        type: { enum: ['scm', 'registry', 'ci', 'runtime_host'] },
        repositoryUrl: { type: 'string', maxLength: 2_000, description: expect.stringContaining('git clone') },
      },
    });
    expect(contract.schemas['ScmCheckRunRequest']).toMatchObject({
      required: expect.arrayContaining(['owner', 'repository', 'headSha', 'name']),
      properties: {
        wait: { default: 'completed' },
        annotations: { type: 'array', items: { $ref: '#/components/schemas/ScmCheckRunAnnotation' } },
      },
    });
    const validate = validator('ScmStatusRequest');
    const status = { owner: 'a', repository: 'b', commitSha: 'a'.repeat(40), state: 'success', context: 'c' };
    expect([validate(status), validate.errors]).toEqual([true, null]);
    expect(validate({ ...status, colour: 'red' })).toBe(false);
  });

  it('describes every message and each of its fields', () => {
    const { schemas } = (document as { components: { schemas: Record<string, Schema> } }).components;
    const all = Object.entries(schemas).flatMap(([name, { description, properties = {} }]) => [
      [name, description],
      ...Object.entries(properties as Record<string, Schema>).map(([field, each]) => [
        `${name}.${field}`,
        each['description'],
      ]),
    ]);
    expect(all.length).toBeGreaterThan(400);
    // The description of `items` would only repeat that a page has items.
    expect(all.filter(([name, description]) => !description && !String(name).endsWith('.items'))).toEqual([]);
  });

  it('says which numbers are integers, which Go and Python would otherwise read as floating-point numbers', () => {
    const { AnnotationPostedEvent, ScmOperationView, ProbeStage } = contract.schemas;
    expect(AnnotationPostedEvent).toMatchObject({
      properties: {
        generation: { type: 'integer' },
        sequence: { type: 'integer' },
        prNumber: { type: ['integer', 'null'] },
      },
    });
    expect(ScmOperationView).toMatchObject({ properties: { attempts: { type: 'integer' } } });
    // Stages are measured in tenths of a millisecond.
    expect(ProbeStage).toMatchObject({ properties: { ms: { type: 'number' } } });
  });

  it('accepts addresses of internal hosts', () => {
    const validate = validator('ScmStatusRequest');
    const status = { owner: 'a', repository: 'b', commitSha: 'a'.repeat(40), state: 'success', context: 'c' };
    for (const targetUrl of ['https://scanner/1', 'http://10.0.0.5:8080/1', 'http://localhost/1'])
      expect([targetUrl, validate({ ...status, targetUrl }), validate.errors]).toEqual([targetUrl, true, null]);
    expect(validate({ ...status, targetUrl: 'no address' })).toBe(false);
  });

  it('accepts times where formats are not validated, which is the default of JSON Schema', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const valid = (name: string, body: object) =>
      ajv.validate({ $ref: `#/components/schemas/${name}`, components: { schemas: contract.schemas } }, body);
    const [host, at] = [{ name: 'web-1', os: 'linux', arch: 'amd64' }, '2026-01-31T12:00:00Z'];
    expect(valid('AgentHeartbeat', { sentAt: at, intervalSeconds: 30, agent: { version: '1' }, host })).toBe(true);
    const run = { owner: 'a', repository: 'b', headSha: 'a'.repeat(40), name: 'c', startedAt: at };
    expect(valid('ScmCheckRunRequest', run)).toBe(true);
  });

  it('accepts null for optional fields, as the apps do', () => {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    const validate = ajv.compile({ ...document, $ref: '#/components/schemas/ScmPublishRequest' });
    const finding = { ruleId: 'r', severity: 'high', message: 'm', path: null, startLine: null };
    const place = { owner: 'acme', repository: 'shop', headSha: 'a'.repeat(40), upsertKey: null, policies: null };
    const body = { ...place, source: { findings: [finding] }, show: { status: { context: 'scan' }, inline: null } };
    expect([validate(body), validate.errors]).toEqual([true, null]);
    expect(contracts.validate(contracts.ScmPublishRequest, body)).toMatchObject({ ok: true });
    expect(validate({ ...body, headSha: null })).toBe(false);
  });

  it('has no regular expressions that other languages cannot read', () => {
    expect(JSON.stringify(contract.schemas)).not.toMatch(/\\p\{/i);
    expect(contract.schemas['AgentHost']).toMatchObject({ properties: { os: { minLength: 1, maxLength: 64 } } });
  });

  it('keeps references to credentials out of snapshots', () => {
    const fields = Object.keys(contract.schemas['IntegrationSnapshot']?.['properties'] as object);
    expect(fields).toEqual(expect.arrayContaining(['id', 'enabled', 'health', 'generation', 'sequence']));
    expect(fields).not.toContain('authRef');
    expect(fields).not.toContain('config');
  });
});
