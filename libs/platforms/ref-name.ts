import { z } from 'zod'

/** Of a name in UTF-8. Git hosts allow 255 or less; four such names still fit into a job. */
const MOST_BYTES = 512

/**
 * A name that Git itself would take (git-check-ref-format(1)), so that nothing is accepted here and refused when it is fetched: no lone surrogates, which have
 * no form in UTF-8, no control characters, no `..`, and nothing that reads as a pattern or an option.
 */
function isRefName(name: string): boolean {
  const parts = name.split('/')
  const sound = !/[\p{Cc}\p{Cs} ~^:?*[\\]|\.\.|@\{/u.test(name) && !name.startsWith('-') && name !== '@'
  const whole = parts.every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock') && !part.endsWith('.'))
  return sound && whole && Buffer.byteLength(name) <= MOST_BYTES
}

/** A full ref, such as `refs/heads/main`. */
export const FullRef = z.string().refine((ref) => /^refs\/[^/]+\/./.test(ref) && isRefName(ref), 'must be a full ref such as refs/heads/main')

/** A branch or tag without `refs/heads/`. */
export const BranchName = z.string().refine(isRefName, 'must be a branch name')
