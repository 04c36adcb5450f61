import { matchesAny, matchesGlob } from '../globs.js'
import { fieldName, type Path } from '../problems.js'
import type { ReadRule } from '../sections/rules.js'
import type { CheckContext } from './context.js'
import { isLiteral } from './witness.js'

/** Could the rule ever match a repository and a file in it? */
export function checkReach(read: ReadRule, context: CheckContext): void {
  checkRepositories(read, context)
  checkFiles(read, context)
}

function checkRepositories({ rule, path }: ReadRule, context: CheckContext): void {
  const orgName = context.platforms.get(rule.platform)?.orgName
  const reasons = rule.repositories.map((glob) => whyNever(glob, rule.excludeRepositories, orgName))
  if (reasons.includes(undefined)) return
  const at = [...path, 'repositories']
  never(at, reasons.length === 0 ? 'names no repository' : `matches no repository: ${reasons.join('; ')}`, 'Widen it, or remove the rule.', context)
}

/** `undefined` when the glob may match a repository. */
function whyNever(glob: string, excluded: readonly string[], orgName: string | undefined): string | undefined {
  if (!glob.includes('/') && !glob.includes('**')) return `"${glob}" is no "owner/name"`
  if (excluded.includes(glob) || excluded.some((one) => ['**', '*/*', '**/*'].includes(one))) return `"${glob}" is excluded`
  if (isLiteral(glob) && matchesAny(excluded, glob)) return `"${glob}" is excluded`
  const [owner = ''] = glob.split('/')
  if (orgName !== undefined && glob.includes('/') && isOtherOwner(owner, orgName)) return `"${glob}" is not of ${orgName}`
  return undefined
}

function isOtherOwner(owner: string, orgName: string): boolean {
  return !owner.includes('**') && !matchesGlob(owner.toLowerCase(), orgName.toLowerCase())
}

function checkFiles({ rule, path, written }: ReadRule, context: CheckContext): void {
  const variants = [rule, ...Object.values(rule.repositoryOverrides)]
  const named = variants.some((variant) => variant.fileName !== undefined || Object.keys(variant.filePathMap ?? {}).length > 0)
  if (!named && !written.has('file_name') && !written.has('file_path_map')) {
    const at = [...path, 'file_name']
    context.report({
      code: 'bundle.missing_field',
      message: `${fieldName(at)} is missing.`,
      remedy: 'Name the file, or give file_path_map.',
      path: at,
    })
  }
  if (rule.fileName !== undefined && isNoRepositoryPath(rule.fileName)) never([...path, 'file_name'], ...NO_PATH, context)
  const outside = written.has('file_path_map') && Object.keys(rule.filePathMap).find(isNoRepositoryPath)
  if (outside) never([...path, 'file_path_map', outside], ...NO_PATH, context)
}

/** Why a glob that {@link isNoRepositoryPath} can match no file, and what to do. */
export const NO_PATH = ['matches no file: paths count from the top of the repository', 'Write it without a leading "/", "./" or "..".'] as const

/** Does the glob lead out of the repository, or is it written from its top? Paths in Git never are. */
export function isNoRepositoryPath(glob: string): boolean {
  return glob.startsWith('/') || glob.split('/').some((part) => part === '..' || part === '.')
}

function never(path: Path, what: string, remedy: string, context: CheckContext): void {
  context.report({ code: 'bundle.rule_never_matches', message: `${fieldName(path)} ${what}.`, remedy, path })
}
