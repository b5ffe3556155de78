export const OVERALL_READ = 'Overall/Read';
export const JOB_READ = 'Job/Read';
export const REQUIRED = [OVERALL_READ, JOB_READ];
/** Administrators have it implicitly. */
export const SYSTEM_READ = 'Overall/SystemRead';

const ID = /^(?:[a-z]\w{0,50}\.){1,10}([A-Z]\w{0,50})\.([A-Z]\w{0,50})$/;
/** The names under which Jenkins shows the classes that own permissions. */
const GROUPS: Readonly<Record<string, string>> = { Hudson: 'Overall', Item: 'Job', Computer: 'Agent' };

/**
 * The missing permission that Jenkins names in a refusal, as shown in its pages: `Overall/Read` for
 * `hudson.model.Hudson.Read`.
 */
export function missingIn(headers: Readonly<Record<string, string>>): string | undefined {
  const [, group, name] = ID.exec(headers['x-required-permission'] ?? '') ?? [];
  return group === undefined ? undefined : `${GROUPS[group] ?? group}/${name}`;
}
