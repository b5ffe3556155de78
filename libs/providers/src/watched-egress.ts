import { type Egress, type EgressRequest, type EgressResponse, egressOver, hasCode } from '@integrations/provider-kit';

/** Who is told of the calls that posting makes. */
export interface CallWatch {
  /** A call is about to be written; what aborts its signal now is never sent. */
  sending(): void;
  /** A write was sent and is not answered in good time: it may be carried out later, whatever becomes of the call. */
  unanswered(): void;
  /** It was answered after all. */
  answered(): void;
}

const READS = new Set(['GET', 'HEAD']);
/** Of these and those above, a gateway tells: it gave up waiting, or lost what it waited for, and that may go on. */
const LOWEST_OF_GATEWAYS = 502;
/** What a vendor that is well needs for a write. A connection that breaks within it was closed before the write arrived. */
const GOOD_TIME_MS = 1_000;

/** The same way out, with every call told of. A query of GraphQL and the fetching of a token count as writes: they are POSTs. */
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
    if (!call.signal.aborted) timer ??= setTimeout(late, GOOD_TIME_MS);
  };
  try {
    const response = await egress.request({ ...call, beforeSending });
    if (response.status === 504) late();
    if (isLate && response.status < LOWEST_OF_GATEWAYS) watch.answered();
    return response;
  } catch (error) {
    if (timer && hasCode(error, 'timeout')) late();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
