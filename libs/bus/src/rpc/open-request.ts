import { failed, type OperationResult } from '@integrations/contracts';
import type { Msg } from '@nats-io/transport-node';
import { encodeJson } from '../json';

/** A request that waits for its one reply. */
export class OpenRequest {
  #answered = false;

  constructor(
    private readonly message: Msg,
    /** The server's limit for a message, in bytes. */
    private readonly maxReply: () => number,
  ) {}

  /** Sends the first answer only. A message that was published without a reply subject gets none. */
  answer(result: OperationResult<unknown>): void {
    if (this.#answered) return;
    const reply = encodeJson(result);
    this.#answered = true;
    const limit = this.maxReply();
    this.message.respond(reply.length <= limit ? reply : encodeJson(tooLarge(reply.length, limit, result.operationId)));
  }
}

function tooLarge(size: number, limit: number, operationId: string | null): OperationResult<never> {
  return failed('too_large', `the reply has ${size} bytes, the limit is ${limit}: request less`, { operationId });
}
