import { Ajv, type ValidateFunction } from 'ajv';

/**
 * The types of the few operations that we use, from the published description of Kubernetes
 * (api/openapi-spec/swagger.json), reduced to the fields of the fake: none that the description lacks, and all that it
 * requires.
 */
const text = { type: 'string' };
const flag = { type: 'boolean' };
const count = { type: 'integer' };
const time = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$' };
const texts = { type: 'object', additionalProperties: text };
const words = { type: 'array', items: text };
const many = (items: object) => ({ type: 'array', items });
const open = { type: 'object' };

function fields(properties: Readonly<Record<string, object>>, ...required: string[]): object {
  return { type: 'object', properties, required, additionalProperties: false };
}

const listMeta = fields({ continue: text, remainingItemCount: count, resourceVersion: text });
const ownerReference = fields(
  { apiVersion: text, kind: text, name: text, uid: text, controller: flag, blockOwnerDeletion: flag },
  ...['apiVersion', 'kind', 'name', 'uid'],
);
const objectMeta = fields({
  ...{ name: text, generateName: text, namespace: text, uid: text, resourceVersion: text, generation: count },
  ...{ creationTimestamp: { anyOf: [time, { type: 'null' }] }, deletionTimestamp: time },
  ...{ labels: texts, annotations: texts, ownerReferences: many(ownerReference), managedFields: many(open) },
});
const container = fields(
  {
    ...{ name: text, image: text, imagePullPolicy: text, command: words, args: words, restartPolicy: text },
    ...{ env: many(open), ports: many(open), resources: open, volumeMounts: many(open), livenessProbe: open },
  },
  'name',
);
const containerState = fields({
  running: fields({ startedAt: time }),
  waiting: fields({ reason: text, message: text }),
  terminated: fields(
    { exitCode: count, reason: text, startedAt: time, finishedAt: time, containerID: text },
    'exitCode',
  ),
});
const containerStatus = fields(
  {
    ...{ name: text, image: text, imageID: text, containerID: text, ready: flag, started: flag, restartCount: count },
    ...{ state: containerState, lastState: containerState },
  },
  ...['name', 'ready', 'restartCount', 'image', 'imageID'],
);
const pod = fields({
  ...{ apiVersion: text, kind: text, metadata: objectMeta },
  spec: fields(
    {
      ...{ containers: many(container), initContainers: many(container), ephemeralContainers: many(container) },
      ...{
        nodeName: text,
        serviceAccountName: text,
        restartPolicy: text,
        volumes: many(open),
        tolerations: many(open),
      },
    },
    'containers',
  ),
  status: fields({
    ...{ phase: text, startTime: time, podIP: text, hostIP: text, qosClass: text, conditions: many(open) },
    containerStatuses: many(containerStatus),
    initContainerStatuses: many(containerStatus),
    ephemeralContainerStatuses: many(containerStatus),
  }),
});
const kind = { apiVersion: text, kind: text };
const accessReview = fields(
  {
    ...{ ...kind, metadata: objectMeta },
    spec: fields({
      resourceAttributes: fields({
        namespace: text,
        verb: text,
        group: text,
        version: text,
        resource: text,
        name: text,
      }),
    }),
    status: fields({ allowed: flag, denied: flag, reason: text, evaluationError: text }, 'allowed'),
  },
  'spec',
);
const rule = fields({ verbs: words, apiGroups: words, resources: words, resourceNames: words }, 'verbs');
const rulesReview = fields(
  {
    ...{ ...kind, metadata: objectMeta, spec: fields({ namespace: text }) },
    status: fields(
      { resourceRules: many(rule), nonResourceRules: many(open), incomplete: flag, evaluationError: text },
      ...['resourceRules', 'nonResourceRules', 'incomplete'],
    ),
  },
  'spec',
);
const userInfo = fields({ username: text, uid: text, groups: words, extra: open });

/** By type name. Custom resources have the fields of all objects; their vendor defines spec and status. */
const TYPES = {
  Status: fields({
    ...kind,
    metadata: listMeta,
    status: text,
    message: text,
    reason: text,
    details: open,
    code: count,
  }),
  Info: fields(
    {
      ...{ major: text, minor: text, gitVersion: text, gitCommit: text, gitTreeState: text, buildDate: text },
      ...{ goVersion: text, compiler: text, platform: text },
    },
    ...['major', 'minor', 'gitVersion', 'gitCommit', 'gitTreeState', 'buildDate', 'goVersion', 'compiler', 'platform'],
  ),
  PodList: fields({ ...kind, metadata: listMeta, items: many(pod) }, 'items'),
  SelfSubjectReview: fields({ ...kind, metadata: objectMeta, status: fields({ userInfo }) }),
  SelfSubjectAccessReview: accessReview,
  SelfSubjectRulesReview: rulesReview,
  ConfigMap: fields({ ...kind, metadata: objectMeta, data: texts }),
  APIResourceList: fields(
    {
      ...{ ...kind, groupVersion: text },
      resources: many(
        fields(
          { name: text, singularName: text, namespaced: flag, kind: text, verbs: words, shortNames: words },
          ...['name', 'singularName', 'namespaced', 'kind', 'verbs'],
        ),
      ),
    },
    ...['groupVersion', 'resources'],
  ),
  CustomList: fields(
    {
      ...{ ...kind, metadata: listMeta },
      items: many(fields({ ...kind, metadata: objectMeta, spec: open, status: open })),
    },
    ...['items', 'metadata'],
  ),
} as const satisfies Record<string, object>;
export type TypeName = keyof typeof TYPES;

const ajv = new Ajv({ strict: false });
const validators = new Map<TypeName, ValidateFunction>();

/** The errors in a value of that type; empty if it is valid. */
export function misfits(type: TypeName, value: unknown): string[] {
  const validate = validators.get(type) ?? ajv.compile(TYPES[type]);
  validators.set(type, validate);
  return validate(value)
    ? []
    : (validate.errors ?? []).map(
        ({ instancePath, message, params }) => `${type}${instancePath} ${message} ${JSON.stringify(params)}`,
      );
}
