import { Link } from '@tanstack/react-router';
import { useMay } from '../data/may.ts';

/** A node by its name, leading to it where the person may look at nodes. */
export function NodeName({ node, className }: { readonly node: string; readonly className: string }) {
  const may = useMay();
  if (!may('nodes.read')) return node;
  return (
    <Link to="/nodes/$node" params={{ node }} className={className}>
      {node}
    </Link>
  );
}
