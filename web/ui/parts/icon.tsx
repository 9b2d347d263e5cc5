/** Strokes on a 16 px grid. Icons are always beside a word or a name, so they are hidden from screen readers. */
const paths = {
  overview: 'M2.5 9.5 8 3l5.5 6.5M4 8v5h8V8',
  tenants: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  history: 'M8 4.5V8l2.5 1.5M2.8 6.5A5.5 5.5 0 1 1 2.5 8M2.5 3.5v3h3',
  nodes: 'M3 3h10v4H3zM3 9h10v4H3zM5.5 5h.01M5.5 11h.01',
  audit: 'M4 2.5h8v11H4zM6 5.5h4M6 8h4M6 10.5h2',
  access: 'M8 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM3 13.5c.6-2.6 2.5-4 5-4s4.400 1.400 5 4',
  library: 'M3 3v10M6 3v10M9 3.200l3.500 9.500',
  channels: 'M8 2.500 14 5.500 8 8.500 2 5.500zM2 8.500l6 3 6-3M2 11l6 3 6-3',
  search: 'M7 11.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9zM10.500 10.500 13.500 13.500',
  plus: 'M8 3v10M3 8h10',
  check: 'M3 8.500 6.500 12 13 4.500',
  cross: 'M4 4l8 8M12 4l-8 8',
  chevron: 'M6 3.500 10.500 8 6 12.500',
  down: 'M3.500 6 8 10.500 12.500 6',
  copy: 'M5.500 5.500v-3h8v8h-3M2.500 5.500h8v8h-8z',
  play: 'M5 3v10l8-5z',
  stop: 'M4 4h8v8H4z',
  restart: 'M13 8a5 5 0 1 1-1.500-3.500M12 2v3H9',
  more: 'M3 8h.8M7.600 8h.8M12.200 8h.8',
  back: 'M10 3.500 5.500 8 10 12.500',
  branch:
    'M5 3v7M5 13a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3zM11 6a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3zM11 6c0 3-6 2-6 4',
  pair: 'M3 3h4v4H3zM9 3h4v4H9zM3 9h4v4H3zM9 9h1.500v1.500H9zM11.500 11.500H13V13h-1.500z',
  unlink:
    'M6.500 9.500l3-3M7 5l1.500-1.500a2.500 2.500 0 0 1 4 4L11 9M9 11l-1.500 1.500a2.500 2.500 0 0 1-4-4L5 7',
  warn: 'M8 2.500 14 13H2zM8 6.500V9M8 11h.01',
  sun: 'M8 10.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM8 1.500v1.500M8 13v1.500M1.500 8H3M13 8h1.500M3.500 3.500l1 1M11.500 11.500l1 1M3.500 12.500l1-1M11.500 4.500l1-1',
  leave: 'M6.500 3h-3v10h3M7 8h6.500M11 5.500 13.500 8 11 10.500',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      className="shrink-0"
    >
      <path d={paths[name]} />
    </svg>
  );
}
