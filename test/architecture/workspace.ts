import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { repositoryRoot } from '../support/repository-root.js'

/** An import of a source file. */
export interface Import {
  /** Path of the importing file from the root folder. */
  readonly file: string
  /** As written: `@vartrack/errors`, `./contract.js`, `node:fs`. */
  readonly specifier: string
}

/** One workspace package as its files say it is. */
export interface WorkspacePackage {
  readonly name: string
  /** Folder from the root: `libs/errors`. */
  readonly folder: string
  readonly dependencies: readonly string[]
  readonly devDependencies: readonly string[]
  /** Folders of the packages its tsconfig.json refers to. */
  readonly references: readonly string[]
  /** Sources that are part of the package. */
  readonly sources: readonly string[]
  /** Tests beside them. */
  readonly tests: readonly string[]
}

const ROOT = repositoryRoot()
const GROUPS = ['libs', 'apps']
const SINGLE = ['queues', 'test']
const SKIPPED = new Set(['dist', 'node_modules', 'fixtures', 'golden', 'target', 'go'])

/** Every package written in TypeScript. */
export function workspacePackages(): WorkspacePackage[] {
  const grouped = GROUPS.flatMap((group) => readdirSync(join(ROOT, group)).map((name) => join(group, name)))
  return [...grouped, ...SINGLE].map(readPackage)
}

/** Everything that a file imports, re-exports or resolves; types too. */
export function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  return IMPORTS.flatMap((pattern) => [...text.matchAll(pattern)].map(([, specifier = '']) => ({ file, specifier })))
}

const IMPORTS = [
  /^(?:import|export)\b[^'"`;=]*\bfrom\s+'([^']+)'/gm,
  /^import\s+'([^']+)'/gm,
  /\bimport\(\s*'([^']+)'/g,
  /\bimport\.meta\.resolve\('([^']+)'/g,
  /\brequire(?:\.resolve)?\('([^']+)'/g,
  /\bcreateRequire\([^)]*\)\('([^']+)'/g,
]

/** Name of the package that a specifier asks for; `undefined` for relative paths and Node's own modules. */
export function packageOf({ specifier }: Import): string | undefined {
  if (/^[./]/.test(specifier) || specifier.startsWith('node:')) return undefined
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0]
}

/** Path from the root that a relative specifier leads to; `undefined` for packages. */
export function targetOf({ file, specifier }: Import): string | undefined {
  return specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : undefined
}

/** Text of a file, named from the root. */
export function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}

/** Names of the folders in a folder that have an `index.ts`: whole ones, not those that only wait for the rest. */
export function foldersIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !SKIPPED.has(entry.name))
    .map((entry) => entry.name)
    .filter((name) => existsSync(join(ROOT, folder, name, 'index.ts')))
}

/** Files below a folder with one of the endings, named from the root; built and fetched ones are left out. */
export function filesBelow(folder: string, endings: readonly string[]): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesBelow(path, endings)
    return endings.some((ending) => entry.name.endsWith(ending)) && !entry.name.endsWith('.d.ts') ? [path] : []
  })
}

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly bin?: Readonly<Record<string, string>>
}

interface TsConfig {
  readonly references?: readonly { readonly path: string }[]
}

/** What the root offers to tests and scripts everywhere. */
export function rootDevDependencies(): string[] {
  return Object.keys((JSON.parse(textOf('package.json')) as Manifest).devDependencies ?? {})
}

function readPackage(folder: string): WorkspacePackage {
  const manifest = JSON.parse(textOf(join(folder, 'package.json'))) as Manifest
  const config = JSON.parse(textOf(join(folder, 'tsconfig.json'))) as TsConfig
  const files = filesBelow(folder, ['.ts', '.mjs'])
  // A program that is packed with all it imports installs nothing: it needs its packages only where it is built.
  const packed = manifest.bin !== undefined
  return {
    name: manifest.name,
    folder,
    dependencies: Object.keys({ ...manifest.dependencies, ...(packed ? manifest.devDependencies : {}) }),
    devDependencies: Object.keys(manifest.devDependencies ?? {}),
    references: (config.references ?? []).map(({ path }) => relative(ROOT, join(ROOT, folder, path))),
    // In the folder of the tests, tests are what the package is made of.
    sources: folder === 'test' ? files : files.filter((file) => !isTest(file)),
    tests: files.filter(isTest),
  }
}

function isTest(file: string): boolean {
  return file.endsWith('.test.ts')
}
