export type {
  Annotation,
  Cue,
  CueOptions,
  Evaluated,
  Position,
  SchemaDescription,
  SchemaForm,
  Validated,
  ValidateInput,
  Violation,
} from './contract.js'
export { createCue } from './create-cue.js'
