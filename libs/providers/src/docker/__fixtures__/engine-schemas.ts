const text = { type: 'string' };
const texts = { type: 'array', items: text };
const labels = { type: ['object', 'null'], additionalProperties: text };
const STATES = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'];

/** A schema of an object with exactly these properties, all required unless optional. */
function exactly(properties: Readonly<Record<string, object>>, optional: readonly string[] = []) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

/**
 * The fields of our fake, as described by Docker's API. That description marks none as required; the ones required here
 * are sent by real engines. https://github.com/moby/moby/blob/master/api/docs/v1.41.yaml, and v1.48.yaml for
 * `Descriptor`
 */
export const ENGINE_SCHEMAS = {
  ErrorResponse: exactly({ message: text }),
  SystemInfo: exactly(
    {
      ID: text,
      Name: text,
      ServerVersion: text,
      Swarm: exactly({
        NodeID: text,
        LocalNodeState: { enum: ['', 'inactive', 'pending', 'active', 'error', 'locked'] },
        ControlAvailable: { type: 'boolean' },
        Error: text,
      }),
      Warnings: { type: ['array', 'null'], items: text },
    },
    ['Warnings'],
  ),
  ContainerList: {
    type: 'array',
    items: exactly({
      Id: text,
      Names: texts,
      Image: text,
      ImageID: text,
      Created: { type: 'integer' },
      Labels: labels,
      State: { enum: STATES },
      Status: text,
    }),
  },
  ContainerInspect: exactly({
    Id: text,
    Created: text,
    State: exactly({ Status: { enum: STATES }, Running: { type: 'boolean' }, StartedAt: text, FinishedAt: text }),
    Image: text,
    Name: text,
    Config: exactly({ Image: text, Env: texts, Labels: labels }),
  }),
  ImageInspect: exactly(
    {
      ...{ Id: text, RepoTags: texts, RepoDigests: texts, Os: text, Architecture: text },
      Descriptor: exactly({ mediaType: text, digest: text, size: { type: 'integer' } }),
    },
    ['Descriptor'],
  ),
  /** https://github.com/containers/podman/blob/v4.3.1/pkg/inspect/inspect.go */
  LibpodImageInspect: exactly({ Id: text, Digest: text, RepoTags: texts, RepoDigests: texts }),
} as const;

/** The filters for a list of containers; an engine refuses any other. */
export const CONTAINER_FILTERS = [
  ...['ancestor', 'before', 'expose', 'exited', 'health', 'id', 'isolation', 'is-task', 'label', 'name'],
  ...['network', 'publish', 'since', 'status', 'volume'],
];
