import { type Egress, egressOver, hasCode } from '@integrations/provider-kit';

/** Who is told of the calls that posting makes. */
export interface CallWatch {
  /** A call is about to be written; what aborts its signal now is never sent. */
  sending(): void;
  /** A write was sent, and no answer came in time: it may be carried out yet. */
  unanswered(): void;
}

const READS = new Set(['GET', 'HEAD']);

/** The same way out, with every call told of. A query that GraphQL is asked counts as a write: it is a POST. */
export function watchedEgress(egress: Egress, watch: CallWatch): Egress {
  return egressOver(async (call) => {
    const mayWrite = !READS.has(call.method.toUpperCase());
    let isSent = false;
    const beforeSending = () => {
      watch.sending();
      isSent = !call.signal.aborted;
    };
    try {
      const response = await egress.request({ ...call, beforeSending });
      // A gateway gave up waiting, and what stands behind it goes on.
      if (mayWrite && response.status === 504) watch.unanswered();
      return response;
    } catch (error) {
      if (mayWrite && isSent && hasCode(error, 'timeout')) watch.unanswered();
      throw error;
    }
  });
}
