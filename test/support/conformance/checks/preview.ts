import assert from 'node:assert/strict';
import type { ScmAnnotation, VendorRequest } from '@integrations/provider-kit';
import { post, type ProviderOperation } from '../actions';
import type { SeenRequest } from '../faulty-proxy';
import { everythingOf } from '../leaks';
import { succeed } from '../outcome';
import type { Rig } from '../rig';
import type { Check, Plan } from './check';

const OPERATION_ID = '0b5f2f4e-5a55-4c0f-9d2a-6f0c7f6f9a11';
const UPSERT_KEY = 'conformance';
/** Stands, in a path or a body, for a value that only the vendor knows. */
const PLACEHOLDER = /^\{.+\}$/;

/** A session need not have a preview. If it has one, the preview must be accurate. */
export function previewChecks({ operations }: Plan): Check[] {
  return operations.flatMap((operation) => [
    {
      title: `${operation}: returns the same preview each time, without a call and without a secret`,
      run: (rig: Rig) => isPure(rig, operation),
    },
    {
      title: `${operation}: previews exactly what a first posting sends`,
      run: (rig: Rig) => isTrue(rig, operation),
    },
  ]);
}

async function isPure(rig: Rig, operation: ProviderOperation): Promise<void> {
  const { plugin, integration, deps } = await rig.connect({ credential: 'unresolvable' });
  const { annotations } = plugin.open(integration, deps);
  if (!annotations?.preview) return;
  rig.watch.take();
  const show = () => annotations.preview!(annotationOf(rig, operation), context());
  const shown = show();
  assert.deepEqual(show(), shown, 'it differs from time to time');
  assert.ok(shown.length > 0, 'it shows nothing');
  for (const { url } of shown) assert.ok(URL.canParse(url), `${url} is no absolute URL`);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(rig.proxy?.seen.length ?? 0, 0, 'it sent a request');
  assert.deepEqual(rig.watch.take(), [], 'it connected');
  const leak = rig.leaks.find(everythingOf(shown), rig.secrets);
  assert.equal(leak, undefined, `it shows ${leak}`);
}

/** The vendor must get the previewed requests in order; any requests in between must be reads. */
async function isTrue(rig: Rig, operation: ProviderOperation): Promise<void> {
  const connection = await rig.connect();
  const { plugin, integration, deps } = connection;
  const { annotations } = plugin.open(integration, deps);
  if (!annotations?.preview || !rig.proxy) return;
  const shown = annotations.preview(annotationOf(rig, operation), context());
  await succeed(operation, (signal) =>
    post(rig.subject.requests, operation, connection, { signal, operationId: OPERATION_ID }),
  );
  let from = 0;
  for (const request of shown) {
    const at = rig.proxy.seen.findIndex((seen, index) => index >= from && isSame(request, seen));
    assert.ok(at >= 0, `what was sent has no ${request.method} ${request.url} as it was shown`);
    from = at + 1;
  }
}

function isSame({ method, url, body }: VendorRequest, seen: SeenRequest): boolean {
  const { pathname, search } = new URL(url);
  const wanted = decodeURI(pathname + search).split('/');
  const sent = decodeURI(seen.path).split('/');
  const isPath =
    wanted.length === sent.length && wanted.every((part, at) => PLACEHOLDER.test(part) || part === sent[at]);
  return method === seen.method && isPath && isSameBody(body, seen.body);
}

function isSameBody(body: object, sent: string): boolean {
  return sent !== '' && JSON.stringify(filled(body, JSON.parse(sent))) === sent;
}

/** The previewed value, with its placeholders replaced by the values that were sent. */
function filled(shown: unknown, sent: unknown): unknown {
  if (typeof shown === 'string' && PLACEHOLDER.test(shown)) return sent;
  const at = (name: string | number) => (sent as Record<string, unknown> | null | undefined)?.[name];
  if (Array.isArray(shown)) return shown.map((item, index) => filled(item, at(index)));
  if (typeof shown !== 'object' || shown === null) return shown;
  return Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, filled(value, at(name))]));
}

function annotationOf(rig: Rig, operation: ProviderOperation): ScmAnnotation {
  return { operation, request: rig.subject.requests[operation] } as ScmAnnotation;
}

function context() {
  return { operationId: OPERATION_ID, upsertKey: UPSERT_KEY };
}
