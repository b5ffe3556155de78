export function NewIntegrationPage() {
  return <h1>New</h1>;
}
