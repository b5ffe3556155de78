import { randomUUID } from 'node:crypto';
import type { ProbeVerdict, ScmOperation, ScmResponse } from '@integrations/contracts';
import type { AnnotationContext, ScmAnnotationClient } from '@integrations/provider-kit';
import { PATIENCE_MS } from './outcome';
import type { Connection } from './rig';
import type { SampleRequests } from './subject';

/** The method of a session that serves a capability. */
export const METHODS = {
  comment: 'postComment',
  status: 'postStatus',
  check_run: 'createCheckRun',
} as const satisfies Record<ScmOperation, keyof ScmAnnotationClient>;

export const PROBES = ['testConnection', 'checkHealth'] as const;
export type Probe = (typeof PROBES)[number];

export interface PostOptions {
  readonly signal?: AbortSignal;
  readonly operationId?: string;
  /** Laid over the sample request. */
  readonly changes?: object;
}

/** Something that is done with a connection and reaches the vendor. */
export interface Action {
  readonly name: string;
  run(connection: Connection, signal: AbortSignal): Promise<unknown>;
}

/** Carries one operation out, as the dispatcher does. */
export async function post(
  requests: SampleRequests,
  operation: ScmOperation,
  { plugin, integration, deps }: Connection,
  options: PostOptions = {},
): Promise<ScmResponse> {
  const request = { ...requests[operation], ...options.changes } as never;
  const context: AnnotationContext = {
    operationId: options.operationId ?? randomUUID(),
    upsertKey: 'conformance',
    signal: options.signal ?? AbortSignal.timeout(PATIENCE_MS),
  };
  return plugin.open(integration, deps).annotations![METHODS[operation]]!(request, context);
}

export function probe(name: Probe, connection: Connection, signal: AbortSignal): Promise<ProbeVerdict> {
  const { plugin, integration, deps } = connection;
  return plugin[name](integration, deps, signal);
}

/** Every way to the vendor that a provider offers. */
export function actionsOf(requests: SampleRequests, operations: readonly ScmOperation[]): Action[] {
  return [
    ...operations.map((name) => ({
      name,
      run: (connection: Connection, signal: AbortSignal) => post(requests, name, connection, { signal }),
    })),
    ...PROBES.map((name) => ({
      name,
      run: (connection: Connection, signal: AbortSignal) => probe(name, connection, signal),
    })),
  ];
}
