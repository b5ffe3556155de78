import type { AgentHeartbeat } from '@integrations/contracts';
import type { AgentConfig } from './config';

/** The requirements that the agent does not meet, as parts of a sentence after `The agent`. */
export function unmetRequirements(
  { minimumVersion, requiredCapabilities }: Pick<AgentConfig, 'minimumVersion' | 'requiredCapabilities'>,
  { agent, capabilities }: Pick<AgentHeartbeat, 'agent' | 'capabilities'>,
): string[] {
  const isOld = minimumVersion !== undefined && !isAtLeast(agent.version, minimumVersion);
  const missing = requiredCapabilities.filter((one) => !capabilities.includes(one));
  return [
    ...(isOld ? [`is version ${agent.version}, not ${minimumVersion} or newer`] : []),
    ...(missing.length > 0 ? [`lacks ${missing.join(', ')}`] : []),
  ];
}

/** `1.4`, `v1.4.2` or `1.4.0-rc.1+build`; a pre-release is older than its release. https://semver.org/#spec-item-11 */
const VERSION_PATTERN = /^v?(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?(-)?/;

/** Also false for a version that cannot be compared. */
function isAtLeast(version: string, release: string): boolean {
  const [, major, minor, patch = '0', preRelease] = VERSION_PATTERN.exec(version) ?? [];
  if (major === undefined || minor === undefined) return false;
  const given = [major, minor, patch].map(Number);
  const wanted = release.split('.').map(Number);
  const at = given.findIndex((number, index) => number !== wanted[index]);
  return at < 0 ? preRelease === undefined : given[at]! > wanted[at]!;
}
