/** Compares numerically: 7.10 comes after 7.9. An unreadable version counts as new. */
export function isSince(version: string, since: string): boolean {
  const [major, minor = 0] = version.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = since.split('.').map(Number);
  if (major === undefined || Number.isNaN(major) || Number.isNaN(minor)) return true;
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
