/** The text that a new prompt or skill begins with: valid, and saying what to write where. */
export function newFile(kind: 'prompt' | 'skill', name: string): string {
  const head = [
    'apiVersion: tenantry.dev/v1',
    `kind: ${kind === 'prompt' ? 'Prompt' : 'Skill'}`,
    `metadata: {name: "${name}"}`,
    'spec:',
  ];
  const spec =
    kind === 'prompt'
      ? ['  description: What it is for.', '  text: |', '    Write the prompt here.']
      : [
          '  description: When the runtime should use it.',
          '  instructions: |',
          '    Write here what it should do then.',
        ];
  return `${[...head, ...spec].join('\n')}\n`;
}
