import ts from 'typescript';
import type { SourceFile } from './source-files.ts';

/** What each module that starts programs may be asked for: a program and its arguments, never a line of text. */
const runners: Readonly<Record<string, readonly string[]>> = {
  'node:child_process': ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'fork', 'ChildProcess'],
  execa: ['execa', 'execaSync', 'ExecaError', 'Options', 'Result', 'ResultPromise', 'Subprocess'],
};

const shells = /^(.*\/)?(sh|ash|bash|dash|ksh|zsh|fish|busybox|cmd(\.exe)?|powershell|pwsh)$/;

const named = (module: string): string => (module === 'child_process' ? 'node:child_process' : module);

/** Whether a module starts programs. */
export const isRunner = (module: string): boolean => named(module) in runners;

/**
 * Everything in a file by which it could have a shell read what it runs: the option, whatever its value is called, a
 * function that takes a line, a module taken as a whole (so that nobody sees which function it is), and a shell by name.
 */
export function shellUses({ path, text }: Pick<SourceFile, 'path' | 'text'>): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  let runs = false;
  const report = (node: ts.Node, what: string): void => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${path}:${line + 1}: ${what}`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && isRunner(moduleOf(node.moduleSpecifier))) {
      runs = true;
      for (const name of unknownNames(node)) report(node, `imports ${name}`);
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [module] = node.arguments;
      if (module !== undefined && isRunner(moduleOf(module))) report(node, `imports ${module.getText()}`);
    }
    if (runs && isShellOption(node)) report(node, `sets shell: ${node.getText()}`);
    if (runs && ts.isStringLiteralLike(node) && shells.test(node.text)) report(node, `names ${node.text}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function moduleOf(node: ts.Expression): string {
  return ts.isStringLiteralLike(node) ? node.text : '';
}

function unknownNames({ importClause, moduleSpecifier }: ts.ImportDeclaration): string[] {
  const allowed = runners[named(moduleOf(moduleSpecifier))] ?? [];
  const bindings = importClause?.namedBindings;
  const whole = [importClause?.name, bindings && ts.isNamespaceImport(bindings) ? bindings.name : undefined];
  const single = bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
  const asked = [...single].map(({ name, propertyName }) => (propertyName ?? name).text);
  return [
    ...whole.flatMap((name) => (name === undefined ? [] : [name.text])),
    ...asked.filter((name) => !allowed.includes(name)),
  ];
}

/** `shell: …`, `{ shell }`, `['shell']: …` and `options.shell = …`, unless it says `false`. */
function isShellOption(node: ts.Node): boolean {
  if (ts.isShorthandPropertyAssignment(node)) return node.name.text === 'shell';
  if (ts.isPropertyAssignment(node))
    return nameOf(node.name) === 'shell' && node.initializer.kind !== ts.SyntaxKind.FalseKeyword;
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.EqualsToken) return false;
  return (
    ts.isPropertyAccessExpression(node.left) &&
    node.left.name.text === 'shell' &&
    node.right.kind !== ts.SyntaxKind.FalseKeyword
  );
}

function nameOf(name: ts.PropertyName): string {
  if (!ts.isComputedPropertyName(name)) return name.text;
  return ts.isStringLiteralLike(name.expression) ? name.expression.text : '';
}
