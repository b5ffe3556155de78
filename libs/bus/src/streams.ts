import { isDeepStrictEqual } from 'node:util';
import {
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StoredMsg,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import {
  AGENT_STREAM,
  ANNOTATE_STREAM,
  BEAT_KEPT_DAYS,
  DEAD_LETTER_STREAM,
  EVENT_STREAM,
  MAX_AGENTS,
  MAX_BEAT_BYTES,
} from '@integrations/contracts';

export type StreamDefinition = Pick<
  StreamConfig,
  'name' | 'subjects' | 'description' | 'retention' | 'storage' | 'discard' | 'max_age' | 'duplicate_window'
> &
  Partial<Pick<StreamConfig, 'max_msg_size' | 'max_msgs' | 'max_msgs_per_subject' | 'no_ack'>>;

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Bytes reserved for the headers of a dead letter, so that even the largest message fits into one. */
const DEAD_LETTER_ROOM = 8_192;

/** The four streams. `maxPayload` is the server's limit in bytes. Replicas and byte limits are left to the operator. */
export function streamDefinitions(maxPayload: number): readonly StreamDefinition[] {
  const common = { storage: StorageType.File, duplicate_window: nanos(10 * MINUTE_MS) };
  const max_msg_size = maxPayload - DEAD_LETTER_ROOM;
  return [
    {
      ...common,
      ...EVENT_STREAM,
      description: 'What happened to integrations and annotations, for 30 days',
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_age: nanos(30 * DAY_MS),
      max_msg_size,
    },
    {
      ...common,
      ...ANNOTATE_STREAM,
      description: 'Annotation requests that no dispatcher has accepted yet',
      // A work queue, for three reasons. An accepted request lives on in the ledger, so a second copy of its findings
      // would only cost disk. The stream then holds exactly the backlog. The server refuses a second consumer of the same
      // requests, which would post them twice. The drawback is that the server forgets message ids after acknowledgement
      // and restart; the ledger's idempotency keys make up for it.
      retention: RetentionPolicy.Workqueue,
      // When the stream is full, publishers get an error instead of the oldest requests disappearing.
      discard: DiscardPolicy.New,
      max_age: nanos(30 * DAY_MS),
      max_msg_size,
    },
    {
      ...common,
      ...DEAD_LETTER_STREAM,
      description: 'Messages that could not be handled, with the reason in their headers, for 90 days',
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_age: nanos(90 * DAY_MS),
    },
    {
      ...common,
      ...AGENT_STREAM,
      description: 'The newest heartbeat of each host agent, for 30 days',
      retention: RetentionPolicy.Limits,
      // With too many agents, those silent for the longest are dropped.
      discard: DiscardPolicy.Old,
      max_age: nanos(BEAT_KEPT_DAYS * DAY_MS),
      max_msgs: MAX_AGENTS,
      max_msgs_per_subject: 1,
      max_msg_size: MAX_BEAT_BYTES,
      // The server would publish its acknowledgement to any reply subject that an agent names, even one that the agent may
      // not publish to: the subject of someone else's events, or the API that purges a stream.
      no_ack: true,
    },
  ];
}

/**
 * Creates the stream, or updates it to the definition; settings that the definition does not name stay as they are. Returns
 * the names of changed settings.
 */
export async function ensureStream(manager: JetStreamManager, definition: StreamDefinition): Promise<string[]> {
  const present = await manager.streams.info(definition.name).catch(nullIfMissing);
  if (!present) {
    await manager.streams.add(definition);
    return [];
  }
  const config: Partial<StreamConfig> = present.config;
  const changed = Object.entries(definition)
    .filter(([key, value]) => !isDeepStrictEqual(config[key as keyof StreamConfig], value))
    .map(([key]) => key);
  if (changed.length > 0) await manager.streams.update(definition.name, definition);
  return changed;
}

/** Age in seconds of the oldest message in the stream, by our clock; 0 if there is none. */
export async function oldestSeconds(manager: JetStreamManager, stream: string): Promise<number> {
  const { state } = await manager.streams.info(stream);
  return state.messages === 0 ? 0 : Math.max(0, Date.now() - Date.parse(state.first_ts)) / 1_000;
}

/** The newest message in the stream; null if the stream is empty or missing. */
export function newestMessage(manager: JetStreamManager, stream: string): Promise<StoredMsg | null> {
  return manager.streams.getMessage(stream, { last_by_subj: '>' }).catch(nullIfMissing);
}

function nullIfMissing(error: unknown): null {
  if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return null;
  throw error;
}
