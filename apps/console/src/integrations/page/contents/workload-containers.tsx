import type { WorkloadContainer } from '@integrations/contracts';
import { Digest } from './digest';

/** Each container with its image as it was asked for, and the digest of the one that runs. */
export function WorkloadContainers({ containers }: { containers: readonly WorkloadContainer[] }) {
  return (
    <dl>
      {containers.map(({ name, image, digest }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <code>{image === '' ? 'image not told' : image}</code>
            <div>{digest ? <Digest of={digest} /> : <span className="quiet">no digest</span>}</div>
          </dd>
        </div>
      ))}
    </dl>
  );
}
