import type { ProbeVerdict } from '@integrations/contracts';
import { Fact } from '../../ui/fact';
import { Time } from '../../ui/time';
import { clockSkew, quotaOf } from './verdict-words';

/** Facts about the server and the credential that the probe found out. */
export function VerdictFacts({ verdict }: { verdict: ProbeVerdict }) {
  const { checkedAt, latencyMs, server, tls, clockSkewMs, principal, capabilities, credential, quota } = verdict;
  return (
    <dl className="facts">
      <Fact term="Checked">
        <Time at={checkedAt} />, took {Math.round(latencyMs)} ms
      </Fact>
      {server && (
        <Fact term="Server">
          {server.product} {server.version}
        </Fact>
      )}
      {tls && (
        <Fact term="Certificate">
          issued by {tls.issuer}, expires <Time at={tls.validTo} />
        </Fact>
      )}
      {clockSkewMs !== undefined && <Fact term="Service's clock">{clockSkew(clockSkewMs)}</Fact>}
      {principal && (
        <Fact term="Signed in as">
          {principal.id} <span className="quiet">{principal.kind}</span>
        </Fact>
      )}
      {credential?.expiresAt && (
        <Fact term="Credential expires">
          <Time at={credential.expiresAt} />
        </Fact>
      )}
      {credential?.version && <Fact term="Credential version">{credential.version}</Fact>}
      {capabilities && <Fact term="May be used for">{capabilities.join(', ') || 'nothing'}</Fact>}
      {quota && (
        <Fact term="Quota">
          {quotaOf(quota)}
          {quota.resetAt && (
            <>
              , resets <Time at={quota.resetAt} />
            </>
          )}
        </Fact>
      )}
      {verdict.retryAfterMs !== undefined && (
        <Fact term="Try again">in {Math.ceil(verdict.retryAfterMs / 1_000)} s</Fact>
      )}
    </dl>
  );
}
