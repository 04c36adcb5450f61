import { type AST, RegExpParser } from '@eslint-community/regexpp'

/** Does the pattern match anywhere in the text? Takes time in proportion to the text times the pattern, whatever either holds. */
export type LinearPattern = (text: string) => boolean

/**
 * Compiles the source of a RegExp without flags to a matcher that never backtracks: all ways through the pattern are followed at once, position by position
 * (Thompson, "Regular Expression Search Algorithm", 1968). A look ahead is worked out before, for every position at once, by following its body backwards from
 * every position.
 * @throws Error in words for people, when the pattern is too large or refers back to a group
 */
export function compileLinear(source: string): LinearPattern {
  const parsed = new RegExpParser().parsePattern(source)
  const budget: Budget = { left: MOST_STEPS, tests: new Map() }
  const program = programOf(parsed.alternatives, false, budget)
  return (text) => reached(program, text, new Map()).includes(1)
}

/** Steps of one pattern, its looks included; counted repeats are written out. Ordinary globs have fewer than a hundred. */
const MOST_STEPS = 2_000

interface Budget {
  left: number
  /** By their notation: a glob of stars asks for the same one in every step. */
  readonly tests: Map<string, (unit: number) => boolean>
}

type Step =
  | { readonly op: 'accept' }
  | { readonly op: 'unit'; readonly takes: (unit: number) => boolean; readonly next: number }
  | { readonly op: 'fork'; readonly next: number[] }
  | { readonly op: 'holds'; readonly assertion: AST.Assertion; readonly next: number }

/** Steps that begin at `entry` and go through the text one way. */
interface Program {
  readonly steps: Step[]
  readonly backward: boolean
  readonly looks: Map<AST.Assertion, Program>
  readonly budget: Budget
  entry: number
}

const ACCEPT = 0

function programOf(alternatives: readonly AST.Alternative[], backward: boolean, budget: Budget): Program {
  const program: Program = { steps: [{ op: 'accept' }], backward, looks: new Map(), budget, entry: ACCEPT }
  program.entry = either(program, alternatives, ACCEPT)
  return program
}

function add(program: Program, step: Step): number {
  program.budget.left -= 1
  if (program.budget.left < 0) throw new Error('it is too large')
  return program.steps.push(step) - 1
}

function either(program: Program, alternatives: readonly AST.Alternative[], next: number): number {
  const entries = alternatives.map((alternative) => inOrder(program, alternative.elements, next))
  return entries.length === 1 ? (entries[0] as number) : add(program, { op: 'fork', next: entries })
}

/** The last one met on the way through the text is built first, since each step knows the next. */
function inOrder(program: Program, elements: readonly AST.Element[], next: number): number {
  const lastMetFirst = program.backward ? elements : elements.toReversed()
  return lastMetFirst.reduce((after, element) => one(program, element, after), next)
}

function one(program: Program, element: AST.Element, next: number): number {
  if (element.type === 'Quantifier') return repeated(program, element, next)
  if (element.type === 'Assertion') return asserted(program, element, next)
  if (element.type === 'Character') return add(program, { op: 'unit', takes: (unit) => unit === element.value, next })
  if (element.type === 'CharacterSet' || element.type === 'CharacterClass')
    return add(program, { op: 'unit', takes: unitTest(element.raw, program.budget), next })
  if (element.type === 'CapturingGroup') return either(program, element.alternatives, next)
  if (element.type === 'Group' && !element.modifiers) return either(program, element.alternatives, next)
  throw new Error(`it holds ${element.raw}, which no glob needs`)
}

/** Of one UTF-16 unit, as a RegExp without flags sees text. */
function unitTest(raw: string, { tests }: Budget): (unit: number) => boolean {
  const test = tests.get(raw) ?? newUnitTest(raw)
  tests.set(raw, test)
  return test
}

/** Names are mostly ASCII, which is asked once. */
function newUnitTest(raw: string): (unit: number) => boolean {
  const pattern = new RegExp(`^(?:${raw})$`)
  const ascii = Array.from({ length: 128 }, (_, unit) => pattern.test(String.fromCharCode(unit)))
  return (unit) => ascii[unit] ?? pattern.test(String.fromCharCode(unit))
}

function repeated(program: Program, { element, min, max }: AST.Quantifier, next: number): number {
  let entry = next
  if (max === Number.POSITIVE_INFINITY) {
    const again: number[] = [next]
    entry = add(program, { op: 'fork', next: again })
    again.push(one(program, element, entry))
  } else {
    for (let count = min; count < max; count += 1) entry = add(program, { op: 'fork', next: [next, one(program, element, entry)] })
  }
  for (let count = 0; count < min; count += 1) {
    const again = one(program, element, entry)
    // An element without steps of its own repeats for nothing.
    if (again === entry) break
    entry = again
  }
  return entry
}

function asserted(program: Program, assertion: AST.Assertion, next: number): number {
  if (assertion.kind === 'lookahead' || assertion.kind === 'lookbehind') {
    if (!program.looks.has(assertion)) {
      program.looks.set(assertion, programOf(assertion.alternatives, assertion.kind === 'lookahead', program.budget))
    }
  }
  return add(program, { op: 'holds', assertion, next })
}

/** Marks, for one text, the positions at which a look's body can begin (ahead) or end (behind). */
type Looks = Map<AST.Assertion, Uint8Array>

/** 1 at every position that the program reaches its end at, having begun at any. Each step is followed at most once a position. */
function reached(program: Program, text: string, looks: Looks): Uint8Array {
  const { steps, backward, entry } = program
  for (const [assertion, body] of program.looks) if (!looks.has(assertion)) looks.set(assertion, reached(body, text, looks))
  const found = new Uint8Array(text.length + 1)
  const seenAt = new Int32Array(steps.length).fill(-1)
  let here: number[] = []
  for (let count = 0; count <= text.length; count += 1) {
    const position = backward ? text.length - count : count
    const unit = text.charCodeAt(backward ? position - 1 : position)
    const onward: number[] = []
    here.push(entry)
    for (let index = here.pop(); index !== undefined; index = here.pop()) {
      if (seenAt[index] === count) continue
      seenAt[index] = count
      const step = steps[index] as Step
      if (step.op === 'fork') for (const next of step.next) here.push(next)
      else if (step.op === 'accept') found[position] = 1
      else if (step.op === 'holds') {
        if (holds(step.assertion, text, position, looks)) here.push(step.next)
      } else if (count < text.length && step.takes(unit)) onward.push(step.next)
    }
    here = onward
  }
  return found
}

function holds(assertion: AST.Assertion, text: string, position: number, looks: Looks): boolean {
  if (assertion.kind === 'start') return position === 0
  if (assertion.kind === 'end') return position === text.length
  const is = assertion.kind === 'word' ? isWord(text[position - 1]) !== isWord(text[position]) : looks.get(assertion)?.[position] === 1
  return is !== (assertion as AST.LookaroundAssertion | AST.WordBoundaryAssertion).negate
}

function isWord(unit: string | undefined): boolean {
  return unit !== undefined && /\w/.test(unit)
}
