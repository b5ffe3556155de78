import type { ParkedPayloadView } from '@integrations/contracts';
import { Copyable } from '../../ui/copyable';
import styles from './by-hand.module.css';

/** Everything needed to post the payload by hand, shown as plain text. */
export function ByHand({ payload: { markdown, vendorRequests, curl, problem } }: { payload: ParkedPayloadView }) {
  return (
    <div className={styles['hand']}>
      {problem && (
        <div className="notice warn">
          <strong>This payload is incomplete</strong>
          <p>{problem}</p>
        </div>
      )}
      {markdown !== null && (
        <>
          <h2>Markdown</h2>
          <Copyable label="Markdown" text={markdown} />
        </>
      )}
      {vendorRequests.length > 0 && <h2>Vendor requests, in order</h2>}
      {vendorRequests.map(({ method, url, body }, index) => (
        <section key={index} aria-label={`Request ${index + 1}`}>
          <p>
            {index + 1}. <code>{`${method} ${url}`}</code>
          </p>
          <Copyable label={`body of request ${index + 1}`} text={JSON.stringify(body, null, 2)} />
        </section>
      ))}
      {curl.length > 0 && (
        <>
          <h2>As shell commands</h2>
          <p className="quiet">
            The commands read the credential from <code>$SCM_TOKEN</code>.
          </p>
          <Copyable label="commands" text={curl.join('\n')} />
        </>
      )}
    </div>
  );
}
