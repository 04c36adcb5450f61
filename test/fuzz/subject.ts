/** Something that takes bytes from outside. */
export interface Subject {
  /** Inputs that are right, or nearly: what mutations start from. */
  readonly seeds: readonly Buffer[]
  /** Pieces of the subject's own language, put in here and there. */
  readonly words: readonly string[]
  /**
   * Works on one input.
   * @returns what kind of outcome it was; an input with a new one is mutated further
   * @throws whatever an operator should never see
   */
  run(input: Buffer): Promise<string>
}

/** What a subject's file exports. */
export interface SubjectModule {
  readonly subject: Subject
}
