import { defaultHighlightStyle, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';

/** The library's colours for a light ground, each with its counterpart for a dark one. */
const dark: Readonly<Record<string, string | undefined>> = {
  '#404740': '#c9ccd4',
  '#708': '#c9a4ff',
  '#219': '#8fb4ff',
  '#164': '#7bd3a0',
  '#a11': '#ffab91',
  '#e40': '#ffb86b',
  '#00f': '#8fb4ff',
  '#30a': '#b7a4ff',
  '#085': '#7bd3a0',
  '#167': '#7bc8e0',
  '#256': '#9cc7d8',
  '#00c': '#9db2ff',
  '#940': '#a0a4b0',
  '#f00': '#ff8a86',
};

const highlight = HighlightStyle.define(
  defaultHighlightStyle.specs.map((spec) => {
    const colour: unknown = spec['color'];
    if (typeof colour !== 'string') return spec;
    const light = colour === '#940' ? '#5b5f6a' : colour;
    return { ...spec, color: `light-dark(${light}, ${dark[colour] ?? light})` };
  }),
);

/** The look of all editors, from the page's own colours: custom properties reach into the shadow that they live in. */
export const editorTheme = [
  syntaxHighlighting(highlight),
  EditorView.theme({
    '&': {
      fontSize: '0.8125rem',
      backgroundColor: 'var(--color-panel)',
      color: 'var(--color-ink)',
      height: '100%',
    },
    '&.cm-focused': { outline: '2px solid var(--color-accent)', outlineOffset: '-1px' },
    '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.55' },
    '.cm-content': { caretColor: 'var(--color-ink)', padding: '8px 0' },
    '.cm-cursor': { borderLeftColor: 'var(--color-ink)' },
    '.cm-gutters': {
      backgroundColor: 'var(--color-panel)',
      color: 'var(--color-dim)',
      borderRight: '1px solid var(--color-line)',
    },
    '.cm-activeLine, .cm-activeLineGutter': {
      backgroundColor: 'color-mix(in srgb, var(--color-raised) 55%, transparent)',
    },
    '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
      background: 'light-dark(#cfd3ff, #3a3f7d)',
    },
    '.cm-tooltip': {
      backgroundColor: 'var(--color-panel)',
      border: '1px solid var(--color-edge)',
      borderRadius: '6px',
      color: 'var(--color-ink)',
      maxWidth: '28rem',
    },
    '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--font-mono)' },
    '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
      backgroundColor: 'var(--color-fill)',
      color: '#fff',
    },
    '.cm-tooltip .cm-completionInfo': { padding: '6px 10px', fontFamily: 'var(--font-sans)' },
    '.cm-hover': { padding: '6px 10px', fontFamily: 'var(--font-sans)', whiteSpace: 'pre-line' },
    '.cm-hover strong': { fontFamily: 'var(--font-mono)', display: 'block' },
    // The library draws both as images in its style, which the content security policy refuses.
    '.cm-lint-marker-error': {
      content: 'normal',
      width: '10px',
      height: '10px',
      margin: '5px 2px',
      borderRadius: '50%',
      backgroundColor: 'var(--color-bad)',
    },
    '.cm-lintRange-error': {
      backgroundImage: 'none',
      textDecoration: 'underline wavy var(--color-bad)',
    },
    '.cm-diagnostic': { fontFamily: 'var(--font-sans)' },
    '.cm-panels': { backgroundColor: 'var(--color-raised)', color: 'var(--color-ink)' },
    '.cm-mergeView': { height: '100%' },
    '.cm-changedLine, &.cm-merge-b .cm-changedLine': { backgroundColor: 'var(--color-good-soft)' },
    '&.cm-merge-a .cm-changedLine, .cm-deletedChunk': { backgroundColor: 'var(--color-bad-soft)' },
    '.cm-changedText': { background: 'color-mix(in srgb, var(--color-accent) 25%, transparent)' },
    '.cm-collapsedLines': { background: 'var(--color-raised)', color: 'var(--color-dim)' },
  }),
];
