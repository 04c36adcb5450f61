export { allOrRefusals, gatherRefusals } from './all-or-refusals.js'
export { describeError, problemsOf, toVarTrackError } from './describe-error.js'
export { type Disposition, type Place, VarTrackError, type VarTrackErrorInput } from './vartrack-error.js'
export { withPlace, withRemedy } from './with-place.js'
