/** What a parameter might be, from its JSON Schema: for a preview only. */
export function exampleOf(name: string, schema: Record<string, unknown>): string {
  const { examples, default: usual, enum: choices, type } = schema;
  const first = [examples, choices].find(Array.isArray)?.[0] ?? schema['const'] ?? usual;
  if (first !== undefined) return typeof first === 'object' ? JSON.stringify(first) : String(first);
  if (type === 'number' || type === 'integer') return '120';
  if (type === 'boolean') return 'true';
  return `‹${name}›`;
}

/** The sentence an approver would read, with examples in its places. */
export function previewOf(
  sentence: string,
  properties: Record<string, Record<string, unknown>>,
): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (place, name: string) => {
    const schema = properties[name];
    return schema ? exampleOf(name, schema) : place;
  });
}
