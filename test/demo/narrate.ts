import type { LogLine } from '../support/vartrack.js'
import { nameOf, type Place } from './places.js'

/** Turns varTrack's log into plain words. */
export interface Narrator {
  /** Takes the next line of the log; what it means is told in the order of the lines. */
  hear(line: LogLine): void
  /** Settles when all that was heard so far has been told. */
  told(): Promise<void>
}

export interface NarratorOptions {
  /** Prints a sentence, and indented lines below it. */
  readonly say: (sentence: string, details?: readonly string[]) => void
  /** What is new at a place since a change set was written there. */
  readonly changes: (place: Place, changeSet: string) => Promise<readonly string[]>
}

type Outcome = Place & { readonly state: string; readonly put: number; readonly deleted: number; readonly error?: string }

type Drifted = { readonly key: string; readonly kind: string; readonly actual?: string; readonly expected?: string }

interface Memory {
  /** Time of each webhook that was taken, by correlation id, in ms. */
  readonly pushes: Map<string, number>
  /** Time at which each write ended, by change set and place. */
  readonly writes: Map<string, number>
  /** Time at which drift was first told, by place; until it is healed. */
  readonly drifts: Map<string, number>
  /** What was said last about a place or a rule, so that no poll repeats it. */
  readonly said: Map<string, string>
}

/** @returns a narrator that knows of nothing yet */
export function createNarrator(options: NarratorOptions): Narrator {
  const memory: Memory = { pushes: new Map(), writes: new Map(), drifts: new Map(), said: new Map() }
  let last = Promise.resolve()
  return {
    hear(line) {
      last = last
        .then(() => tell(line, memory, options))
        .catch((error: unknown) => options.say(`(The demo could not tell of a log line: ${String(error)})`))
    },
    told: () => last,
  }
}

type Telling = (line: LogLine, memory: Memory, options: NarratorOptions) => void | Promise<void>

/** How a line's message begins, and what is told of it; the first that fits. */
const TELLINGS: readonly (readonly [start: string, telling: Telling])[] = [
  ['delivery accepted', tellPush],
  ['written', rememberWrite],
  ['unchanged', rememberWrite],
  ['change set settled', tellSettled],
  ['change set failed', tellFailed],
  ['the commits touched no file', tellNothingToDo],
  ['the ref is not in the repository', tellRefGone],
  [
    'no file of this rule',
    (line, memory, { say }) => once(memory, `rule ${text(line.rule)}`, `Rule "${text(line.rule)}" waits: its file is not in the repository.`, say),
  ],
  ['drift: ', tellDrift],
  ['healed', tellHealed],
  ['put back', (line, _memory, { say }) => say(`Put back what ${nameOf(placeIn(line))} held before.`)],
  ['the bundle changed and is in force', (_line, _memory, { say }) => say('config.cue has changed, and is in force from now on.')],
  ['the bundle loads again', (_line, _memory, { say }) => say('config.cue loads again, and says what is in force.')],
  ['the bundle changed but', (_line, _memory, { say }) => say('config.cue has changed but does not load. The one before stays in force.')],
  ['job failed: ', tellRefused],
  ['request refused', (line, _memory, { say }) => say(`A request for ${text(line.path)} was refused: ${text(line.reason)}`)],
]

async function tell(line: LogLine, memory: Memory, options: NarratorOptions): Promise<void> {
  const telling = TELLINGS.find(([start]) => line.msg.startsWith(start))
  if (telling) await telling[1](line, memory, options)
  else if (['warn', 'error', 'fatal'].includes(line.level)) once(memory, text(line.datasource), line.msg, options.say)
}

function tellPush(line: LogLine, { pushes }: Memory, { say }: NarratorOptions): void {
  pushes.set(text(line.correlation), timeOf(line))
  say(`Push to ${text(line.repo)}, ${text(line.ref).replace('refs/heads/', 'branch ')}: varTrack has taken its webhook.`)
}

function rememberWrite(line: LogLine, { writes }: Memory): void {
  writes.set(writeIn(text(line.changeSet), placeIn(line)), timeOf(line))
}

async function tellSettled(line: LogLine, memory: Memory, { say, changes }: NarratorOptions): Promise<void> {
  const outcomes = line.outcomes as readonly Outcome[]
  const pushed = memory.pushes.get(text(line.correlation))
  const news = await Promise.all(outcomes.map(async (outcome) => ({ outcome, changed: await changes(outcome, text(line.changeSet)) })))
  const ended = (outcome: Outcome) => memory.writes.get(writeIn(text(line.changeSet), outcome)) ?? timeOf(line)
  // A heal is told by itself.
  if (outcomes.every((outcome) => memory.drifts.has(nameOf(outcome)))) return
  for (const outcome of outcomes) memory.said.delete(nameOf(outcome))
  const details: string[] = []
  for (const { outcome, changed } of news) {
    const after = pushed === undefined ? '' : `, ${ended(outcome) - pushed} ms after the webhook`
    details.push(`${nameOf(outcome)}: ${doneIn(outcome)}${after}`, ...belowIt(changed, news[0]?.changed ?? []))
  }
  say(newsOf(text(line.commit).slice(0, 7), outcomes, pushed !== undefined), details)
}

/** @param commit '' where the branch is gone */
function newsOf(commit: string, outcomes: readonly Outcome[], isPush: boolean): string {
  if (outcomes.every(({ state }) => state === 'planned'))
    return `Commit ${commit} was only looked at (dry_run). Nothing was written; this is what would be:`
  if (commit === '') return 'The branch is gone, and what came from it was deleted.'
  return isPush ? `Commit ${commit} is in every store it belongs to.` : `Commit ${commit} was brought again, without a push.`
}

/** What changed at a place; not again what the first place has told already. */
function belowIt(changed: readonly string[], first: readonly string[]): string[] {
  const isToldAlready = changed !== first && changed.length > 0 && changed.join('\n') === first.join('\n')
  return isToldAlready ? ['  the same'] : changed.map((one) => `  ${one}`)
}

function doneIn({ state, put, deleted }: Outcome): string {
  if (state === 'superseded') return 'left to a newer push'
  const parts = [...(put > 0 ? [`${put} written`] : []), ...(deleted > 0 ? [`${deleted} deleted`] : [])]
  return parts.length === 0 ? 'nothing to change' : parts.join(', ')
}

function tellFailed(line: LogLine, _memory: Memory, { say }: NarratorOptions): void {
  const outcomes = line.outcomes as readonly Outcome[]
  const restoring = Number(line.restoring) > 0 ? ' What the others were given is put back.' : ''
  const details = outcomes.map((outcome) => `${nameOf(outcome)}: ${outcome.state}${outcome.error ? ` (${outcome.error})` : ''}`)
  say(`Commit ${text(line.commit).slice(0, 7)} could not be written everywhere.${restoring}`, details)
}

function tellNothingToDo(line: LogLine, { pushes }: Memory, { say }: NarratorOptions): void {
  if (pushes.has(text(line.correlation))) say('Nothing to do: the push touched no file that a rule names, or changed nothing in it.')
}

function tellRefGone(line: LogLine, { pushes }: Memory, { say }: NarratorOptions): void {
  if (pushes.has(text(line.correlation))) say('Nothing to do: the branch is gone, and no rule deletes what came from it.')
}

function tellDrift(line: LogLine, memory: Memory, { say }: NarratorOptions): void {
  const place = nameOf(placeIn(line))
  if (!memory.drifts.has(place)) memory.drifts.set(place, timeOf(line))
  const details = ((line.entries ?? []) as readonly Drifted[]).map(drifted)
  once(memory, place, `Somebody changed ${place} behind Git's back:`, say, details)
}

function drifted({ key, kind, actual, expected }: Drifted): string {
  if (kind === 'missing') return `${key} is gone${expected === undefined ? '' : `; Git says ${expected}`}`
  if (kind === 'extra') return `${key} is not in Git`
  return `${key} is ${actual ?? 'something else'}${expected === undefined ? '' : `; Git says ${expected}`}`
}

function tellHealed(line: LogLine, memory: Memory, { say }: NarratorOptions): void {
  const place = nameOf(placeIn(line))
  const seen = memory.drifts.get(place)
  memory.drifts.delete(place)
  memory.said.delete(place)
  say(`Healed: ${place} holds what Git says again${seen === undefined ? '' : `, ${timeOf(line) - seen} ms after it was seen`}.`)
}

function tellRefused(line: LogLine, _memory: Memory, { say }: NarratorOptions): void {
  const why = line.msg.replace('job failed: ', '')
  if (line.job === 'plan') say('Refused. Nothing was written; the stores keep what they have.', [why])
  else say(`The job "${text(line.job)}" failed.`, [why])
}

function once(memory: Memory, subject: string, sentence: string, say: NarratorOptions['say'], details: readonly string[] = []): void {
  const all = [sentence, ...details].join('\n')
  if (memory.said.get(subject) === all) return
  memory.said.set(subject, all)
  say(sentence, details)
}

function placeIn(line: LogLine): Place {
  return { datasource: text(line.datasource), location: text(line.location) }
}

function writeIn(changeSet: string, place: Place): string {
  return `${changeSet} ${nameOf(place)}`
}

function timeOf(line: LogLine): number {
  return Date.parse(text(line.time))
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
