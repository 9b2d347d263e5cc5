import { create } from 'qrcode';
import { useMemo } from 'react';

/** Modules around the code that a scanner wants to be empty. */
const QUIET = 4;

export interface QrCodeProps {
  readonly text: string;
  readonly label: string;
}

/** A QR code as one path; black on white in both themes, or phones do not read it. */
export function QrCode({ text, label }: QrCodeProps) {
  const { path, size } = useMemo(() => drawn(text), [text]);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="mx-auto size-64 max-w-full rounded-md"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

function drawn(text: string): { readonly path: string; readonly size: number } {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const dark: string[] = [];
  for (let row = 0; row < modules.size; row += 1) {
    for (let column = 0; column < modules.size; column += 1) {
      if (modules.get(row, column) !== 0) dark.push(`M${column + QUIET} ${row + QUIET}h1v1h-1z`);
    }
  }
  return { path: dark.join(''), size: modules.size + 2 * QUIET };
}
