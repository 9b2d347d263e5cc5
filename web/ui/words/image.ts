/** An image without its registry, a digest cut short: `runtime:v1.4.2`, `runtime@4f2c1d90ab12`. */
export function shortImage(image: string | null): string {
  if (image === null) return '';
  const name = image.slice(image.lastIndexOf('/') + 1);
  return name.replace(/@sha256:([0-9a-f]{12})[0-9a-f]*$/, '@$1');
}
