export { describeError, problemsOf, toVarTrackError } from './describe-error.js'
export { type Disposition, type Place, VarTrackError, type VarTrackErrorInput } from './vartrack-error.js'
export { withPlace } from './with-place.js'
