/** A sentence in which `backticks` mark what is written literally. */
export function Prose({ text }: { readonly text: string }) {
  return text.split('`').map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <code key={index} className="text-[0.95em]">
        {part}
      </code>
    ),
  );
}
