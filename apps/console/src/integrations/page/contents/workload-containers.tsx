import type { WorkloadContainer } from '@integrations/contracts';
import { Digest } from './digest';

/** Each container with the image reference of its definition, and the digest of the running image. */
export function WorkloadContainers({ containers }: { containers: readonly WorkloadContainer[] }) {
  return (
    <dl>
      {containers.map(({ name, image, digest }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <code>{image === '' ? 'image not reported' : image}</code>
            <div>{digest ? <Digest of={digest} /> : <span className="quiet">no digest</span>}</div>
          </dd>
        </div>
      ))}
    </dl>
  );
}
