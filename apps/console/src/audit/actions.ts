/** Actions to choose from in the filter. The trail may contain others. */
export const ACTIONS: readonly string[] = [
  ...['registered', 'updated', 'enabled', 'disabled', 'deleted', 'restored', 'purged', 'draft_tested'].map(
    ofIntegration,
  ),
  ...['dependent_added', 'dependent_updated', 'dependent_removed'].map(ofIntegration),
  ...['annotation.retried', 'annotation.cancelled', 'annotation.replayed'],
  ...['credential.leased', 'secret.written', 'secret.rewrapped', 'token.created', 'token.revoked'],
];

function ofIntegration(event: string): string {
  return `integration.${event}`;
}
