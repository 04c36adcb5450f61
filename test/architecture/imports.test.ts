import { describe, expect, it } from 'vitest'
import {
  filesBelow,
  foldersIn,
  importsOf,
  packageOf,
  rootDevDependencies,
  targetOf,
  textOf,
  type WorkspacePackage,
  workspacePackages,
} from './workspace.js'

const packages = workspacePackages()
const product = packages.filter(({ folder }) => folder !== 'test')
const folderOf = new Map(packages.map(({ name, folder }) => [name, folder]))

describe('who may import whom', () => {
  it('an app never imports an app, but for standalone, which is all of them', () => {
    const apps = product.filter(({ folder }) => folder.startsWith('apps/') && folder !== 'apps/standalone')
    expect(apps.flatMap((app) => inHouse(app).filter((line) => line.includes('-> apps/')))).toEqual([])
  })

  it('no library and no queue imports an app', () => {
    const below = product.filter(({ folder }) => !folder.startsWith('apps/'))
    expect(below.flatMap((one) => inHouse(one).filter((line) => line.includes('-> apps/')))).toEqual([])
  })

  it('sinks import sink-kit and errors only', () => {
    expect(importedBy('libs/sinks')).toEqual(['libs/errors', 'libs/sink-kit'])
  })

  it('queues import errors only', () => {
    expect(importedBy('queues')).toEqual(['libs/errors'])
  })

  it('core alone imports the addon', () => {
    const importers = product.filter(({ sources }) => sources.flatMap(importsOf).some((one) => packageOf(one) === '@vartrack/rust-core'))
    expect(importers.map(({ folder }) => folder)).toEqual(['libs/core'])
  })

  it('queues alone open queues and workers', () => {
    const openers = product.filter(({ sources }) => sources.some(opensQueue))
    expect(openers.map(({ folder }) => folder)).toEqual(['queues'])
  })

  it('the product imports nothing of the tests', () => {
    const strays = product
      .flatMap(({ sources }) => sources.flatMap(importsOf))
      .filter((one) => targetOf(one)?.startsWith('test/') || packageOf(one) === '@vartrack/test')
    expect(strays).toEqual([])
  })

  it.each(product)('$folder reaches other packages by their names, its tests only the support of the tests', ({ folder, sources, tests }) => {
    const leaving = (files: readonly string[]) => files.flatMap(importsOf).filter((one) => !`${targetOf(one) ?? folder}/`.startsWith(`${folder}/`))
    expect(leaving(sources)).toEqual([])
    expect(leaving(tests).filter((one) => !/^test\/(support|servers|contract)\//.test(targetOf(one) ?? ''))).toEqual([])
  })
})

describe('who may do what', () => {
  it('runtime alone reads the environment', () => {
    const readers = product.flatMap(({ sources }) =>
      sources.filter((file) => !file.endsWith('.mjs') && /\bprocess\.env\b/.test(withoutComments(textOf(file)))),
    )
    expect(readers.filter((file) => !file.startsWith('libs/runtime/'))).toEqual([])
    expect(readers).not.toEqual([])
  })

  it('the core of the core knows no napi', () => {
    const files = filesBelow('rust-core/crates/etl', ['.rs', '.toml'])
    expect(files).not.toEqual([])
    expect(files.filter((file) => /\bnapi/.test(textOf(file)))).toEqual([])
  })
})

describe('what a package says it needs', () => {
  it.each(packages)('$folder: package.json names what the sources import, and no more', ({ name, dependencies, sources }) => {
    const imported = unique(sources.flatMap(importsOf).map(packageOf)).filter((one) => one !== name && !rootDevDependencies().includes(one))
    expect(dependencies.toSorted(byText)).toEqual(imported)
  })

  it.each(packages)('$folder: tests import what the package or the root names', ({ name, dependencies, devDependencies, tests }) => {
    const allowed = new Set([name, ...dependencies, ...devDependencies, ...rootDevDependencies()])
    const strays = tests.flatMap(importsOf).filter((one) => !allowed.has(packageOf(one) ?? name))
    expect(strays).toEqual([])
  })

  it.each(packages)('$folder: tsconfig.json refers to the same packages', ({ dependencies, references }) => {
    const needed = dependencies.map((dependency) => folderOf.get(dependency)).filter((folder) => folder !== undefined)
    expect(references.toSorted(byText)).toEqual(needed.toSorted(byText))
  })

  it('every version is exact', () => {
    const ranges = ['package.json', ...packages.map(({ folder }) => `${folder}/package.json`)].flatMap((file) =>
      [...textOf(file).matchAll(/"([^"]+)": "([\^~><*][^"]*)"/g)].map(([entry]) => `${file}: ${entry}`),
    )
    expect(ranges.filter((line) => !line.includes('"node"'))).toEqual([])
  })
})

describe('the registry of sinks', () => {
  it('names every folder, and no other', () => {
    const registered = importsOf('libs/sinks/registry.ts').flatMap((one) => /^\.\/([^/]+)\/index\.js$/.exec(one.specifier)?.[1] ?? [])
    expect(registered.toSorted(byText)).toEqual(foldersIn('libs/sinks').toSorted(byText))
  })
})

function opensQueue(file: string): boolean {
  const usesBullmq = importsOf(file).some((one) => packageOf(one) === 'bullmq')
  return usesBullmq && /new (?:Queue|Worker|FlowProducer|QueueEvents)\b/.test(textOf(file))
}

/** Imports of other packages of this repository, as `file -> folder`. */
function inHouse({ sources }: WorkspacePackage): string[] {
  return sources.flatMap(importsOf).flatMap((one) => {
    const folder = folderOf.get(packageOf(one) ?? '')
    return folder === undefined ? [] : [`${one.file} -> ${folder}`]
  })
}

function importedBy(folder: string): string[] {
  const found = packages.filter((one) => one.folder === folder)
  expect(found).toHaveLength(1)
  return unique(found.flatMap(inHouse).map((line) => line.split(' -> ')[1]))
}

function unique(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))].toSorted(byText)
}

function byText(one: string, other: string): number {
  return one < other ? -1 : 1
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
}
