import type { Bundle, RuleSettings } from './contract.js'

/** What a rule is that says nothing; nothing is deleted unless somebody asks for it. */
export const SETTING_DEFAULTS: RuleSettings = {
  rootKey: undefined,
  fileName: undefined,
  filePathMap: {},
  branchMap: {},
  envAsBranch: false,
  envAsPr: false,
  envAsTags: false,
  syncMode: 'AUTO',
  prune: { enabled: false, scope: 'owned', last: false, dryRun: false, protection: [], maxDelete: undefined },
  strictValidation: true,
  variablesMap: {},
  dryRun: false,
  environments: [],
  rootKeyOptional: false,
  format: undefined,
  arrays: 'index',
}

/** The limits of a bundle that names none. */
export const LIMIT_DEFAULTS: Bundle['limits'] = { maxFileBytes: 10_485_760, maxDepth: 64, maxKeys: 100_000 }
