export function EditIntegrationPage() {
  return <h1>Edit</h1>;
}
