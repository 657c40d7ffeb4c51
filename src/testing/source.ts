import { join } from "node:path"
import { type Node, type SourceFile, SyntaxKind } from "typescript/unstable/ast"
import {
  isCallExpression,
  isExportDeclaration,
  isExternalModuleReference,
  isIdentifier,
  isImportDeclaration,
  isImportTypeNode,
  isNewExpression,
  isNoSubstitutionTemplateLiteral,
  isPropertyAccessExpression,
  isStringLiteral,
} from "typescript/unstable/ast/is"
import { API } from "typescript/unstable/async"

/** What one file reaches for, as the compiler's own parser sees it: never fooled by comments, strings, templates or JSX text. */
export interface Source {
  /** From the project's root, with `/`. */
  path: string
  text: string
  imports: Import[]
  /** Global names of time and chance, e.g. `Date.now`, `new Date()`, `setTimeout`. */
  globals: { name: string; line: number }[]
}

export interface Import {
  /** As written; `null` for a dynamic import of something that is not a plain string. */
  from: string | null
  line: number
  /** Gone once types are erased: `import type`, `export type`, `import("…").T`; never `import { type T }`. */
  typeOnly: boolean
}

/** Reads files given as path → text. Nothing is looked up on the disk. Throws on a file that does not parse. */
export async function readSources(files: ReadonlyMap<string, string>): Promise<Source[]> {
  const base = "/tree"
  const inTree = new Map([...files].map(([path, text]) => [join(base, path), text]))
  const config = join(base, "tsconfig.json")
  const options = {
    noLib: true,
    noResolve: true,
    types: [],
    jsx: "preserve",
    allowJs: true,
    allowImportingTsExtensions: true,
  }
  const present = new Map([...inTree, [config, JSON.stringify({ compilerOptions: options, files: [...files.keys()] })]])
  const folders = new Set([...present.keys()].flatMap(parents))

  const api = new API({
    cwd: base,
    fs: {
      readFile: (path) => present.get(path) ?? null,
      fileExists: (path) => present.has(path),
      directoryExists: (path) => folders.has(path),
      getAccessibleEntries: () => ({ files: [], directories: [] }),
      realpath: (path) => path,
    },
  })
  try {
    const snapshot = await api.updateSnapshot({ openProjects: [config] })
    const program = snapshot.getProject(config)?.program
    if (!program) throw new Error("the parser opened no project")
    const sources: Source[] = []
    for (const [path, text] of files) {
      const file = await program.getSourceFile(join(base, path))
      if (!file) throw new Error(`the parser did not see ${path}`)
      const [fault] = await program.getSyntacticDiagnostics(join(base, path))
      if (fault) throw new Error(`${path} does not parse: ${fault.text}`)
      sources.push({ path, text, ...look(file) })
    }
    return sources
  } finally {
    await api.close()
  }
}

function parents(path: string): string[] {
  const parts = path.split("/")
  return parts.map((_, index) => parts.slice(0, index).join("/") || "/")
}

function look(file: SourceFile): Pick<Source, "imports" | "globals"> {
  const imports: Import[] = []
  const globals: Source["globals"] = []
  const lineOf = (node: Node) => file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1

  const visit = (node: Node): undefined => {
    const found = importOf(node)
    if (found) imports.push({ ...found, line: lineOf(node) })
    const name = globalOf(node)
    if (name) globals.push({ name, line: lineOf(node) })
    node.forEachChild(visit)
  }
  visit(file)
  return { imports, globals }
}

function importOf(node: Node): Omit<Import, "line"> | null {
  if (isImportDeclaration(node)) {
    // `import { type A }` is not counted as erased: under verbatimModuleSyntax the file is still loaded.
    const typeOnly = node.importClause?.phaseModifier === SyntaxKind.TypeKeyword
    return { from: plain(node.moduleSpecifier), typeOnly }
  }
  if (isExportDeclaration(node) && node.moduleSpecifier) {
    return { from: plain(node.moduleSpecifier), typeOnly: node.isTypeOnly }
  }
  if (isImportTypeNode(node)) {
    const literal = node.argument.kind === SyntaxKind.LiteralType ? firstChild(node.argument) : undefined
    return { from: plain(literal), typeOnly: true }
  }
  if (isExternalModuleReference(node)) return { from: plain(node.expression), typeOnly: false }
  if (isCallExpression(node) && loaders.has(node.expression.getText())) {
    return { from: plain(node.arguments[0]), typeOnly: false }
  }
  return null
}

const loaders = new Set(["import", "require", "require.resolve", "import.meta.resolve", "import.meta.require"])

function plain(node: Node | undefined): string | null {
  return node && (isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node)) ? node.text : null
}

function firstChild(node: Node): Node | undefined {
  return node.forEachChild((child) => child)
}

const readings = new Set(["Date.now", "Math.random", "Temporal.Now", "DateTime.now", "DateTime.local", "DateTime.utc"])
const randomness = new Set([
  "randomUUID",
  "randomUUIDv7",
  "randomBytes",
  "randomInt",
  "getRandomValues",
  "randomFillSync",
])
const timers = new Set(["setTimeout", "setInterval", "setImmediate"])
const globalObjects = new Set(["globalThis", "window", "self"])

/** The name of the clock, chance or timer that `node` reaches for; `null` for everything else. */
function globalOf(node: Node): string | null {
  if (isNewExpression(node)) {
    return node.expression.getText() === "Date" && !node.arguments?.length ? "new Date()" : null
  }
  if (isCallExpression(node) && node.expression.getText() === "Date") return "Date()"
  if (isPropertyAccessExpression(node)) {
    const object = node.expression.getText().replace(/^(?:globalThis|window|self)\./, "")
    const whole = `${object}.${node.name.text}`
    if (readings.has(whole) || whole === "Bun.sleep") return whole
    if (randomness.has(node.name.text)) return whole
    return globalObjects.has(object) && timers.has(node.name.text) ? node.name.text : null
  }
  if (isIdentifier(node) && (timers.has(node.text) || randomness.has(node.text)))
    return isValue(node) ? node.text : null
  return null
}

/** Whether an identifier stands for a value here: not as the name of a property or parameter, not in a type. */
function isValue(node: Node): boolean {
  const { parent } = node
  if (parent.kind === SyntaxKind.ShorthandPropertyAssignment || parent.kind === SyntaxKind.ImportSpecifier) return true
  if (parent.kind === SyntaxKind.TypeQuery) return false
  const names = parent as Node & { name?: Node; propertyName?: Node }
  return names.name !== node && names.propertyName !== node
}
