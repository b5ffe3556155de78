export function AnnotationsPage() {
  return <h1>Annotations</h1>;
}
