import { z } from 'zod'
import type { Prune } from './contract.js'
import { globFault } from './globs.js'
import { Count } from './scalars.js'

/** A glob over a whole flat key; `*` spans dots. */
const KeyGlob = z.string().superRefine((glob, context) => {
  const fault = globFault(glob)
  if (fault)
    context.addIssue({ code: 'custom', message: `is no usable glob: ${fault}.`, params: { code: 'bundle.bad_glob', remedy: 'Correct the glob.' } })
})

const PruneBlock = z.strictObject({
  enabled: z.boolean().optional(),
  scope: z.enum(['owned', 'all']).optional(),
  last: z.boolean().optional(),
  dry_run: z.boolean().optional(),
  protection: z.array(KeyGlob).optional(),
  max_delete: Count.optional(),
})

/** `prune` as a switch or as a block, and the flat fields that are the same as parts of the block. */
export const pruneShape = {
  prune: z.union([z.boolean(), PruneBlock]).optional(),
  prune_last: z.boolean().optional(),
  prune_protection: z.array(KeyGlob).optional(),
  dry_run_prune: z.boolean().optional(),
}

const PruneFields = z.object(pruneShape)

/** The parts of prune that are given; a flat field wins over its twin in the block, protection globs of both count. */
export function givenPrune(settings: z.infer<typeof PruneFields>): Partial<Prune> | undefined {
  const block = typeof settings.prune === 'object' ? settings.prune : { enabled: settings.prune }
  const protection = [...(block.protection ?? []), ...(settings.prune_protection ?? [])]
  const parts = {
    enabled: block.enabled,
    scope: block.scope,
    last: settings.prune_last ?? block.last,
    dryRun: settings.dry_run_prune ?? block.dry_run,
    maxDelete: block.max_delete,
    protection: protection.length > 0 ? protection : undefined,
  }
  const given = Object.entries(parts).filter(([, value]) => value !== undefined)
  return given.length > 0 ? Object.fromEntries(given) : undefined
}
