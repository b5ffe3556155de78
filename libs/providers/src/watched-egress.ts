import { type Egress, type EgressRequest, type EgressResponse, egressOver, hasCode } from '@integrations/provider-kit';

/** Observes the calls that posting makes. */
export interface CallWatch {
  /** Called just before a request is written: aborting its signal now keeps it from being sent. */
  sending(): void;
  /** A write was sent but not answered in time: the vendor may still carry it out, whatever the call ends with. */
  unanswered(): void;
  /** The overdue write was answered after all. */
  answered(): void;
}

const READS = new Set(['GET', 'HEAD']);
/** From this status up, a gateway gave up or lost its connection: the vendor may still be at work. */
const FIRST_GATEWAY_STATUS = 502;
/** A healthy vendor answers a write sooner. A connection that breaks sooner was closed before the write arrived. */
const USUAL_ANSWER_MS = 1_000;

/** Reports every call to `watch`. GraphQL queries and token requests count as writes, because they are POSTs. */
export function watchedEgress(egress: Egress, watch: CallWatch): Egress {
  return egressOver((call) => {
    if (READS.has(call.method.toUpperCase())) return egress.request({ ...call, beforeSending: () => watch.sending() });
    return write(egress, call, watch);
  });
}

async function write(egress: Egress, call: EgressRequest, watch: CallWatch): Promise<EgressResponse> {
  let timer: NodeJS.Timeout | undefined;
  let isLate = false;
  const late = () => {
    if (!isLate) watch.unanswered();
    isLate = true;
  };
  const beforeSending = () => {
    watch.sending();
    if (!call.signal.aborted) timer ??= setTimeout(late, USUAL_ANSWER_MS);
  };
  try {
    const response = await egress.request({ ...call, beforeSending });
    if (response.status === 504) late();
    if (isLate && response.status < FIRST_GATEWAY_STATUS) watch.answered();
    return response;
  } catch (error) {
    if (timer && hasCode(error, 'timeout')) late();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
