import { z } from 'zod'
import { ChangeSet, type State, Target, TargetOutcome } from './contract.js'
import { readJson, run, type Store, WEEK_S } from './stored.js'

const MAX_CHANGE_SETS = 10_000
/** Fields per HSET: a change set of ten thousand targets does not hold Redis up in one command. */
const FIELDS_AT_ONCE = 500

const Facts = ChangeSet.omit({ targets: true })
/** With the number of targets, so that their loss is noticed. */
const StoredFacts = Facts.extend({ targetCount: z.number().int() })

type ChangeSets = Pick<State, 'putChangeSet' | 'changeSet' | 'changeSetTarget' | 'changeSets' | 'putOutcome' | 'outcomes'>

/** A change set lies apart from its targets, so that each of ten thousand writes reads its own target and not all of them. */
export function changeSets(store: Store): ChangeSets {
  const { redis, keys } = store
  return {
    putChangeSet: (changeSet) => putChangeSet(store, changeSet),
    changeSet: async (id) => (await readMany(store, [id]))[0],
    changeSetTarget: (id, target) => readTarget(store, id, target),
    async changeSets(limit) {
      return readMany(store, await redis.zrange(keys.changeSets, 0, String(Math.max(0, limit - 1)), 'REV'))
    },
    async putOutcome(id, target, outcome) {
      const key = keys.outcomes(id)
      await run(redis.pipeline().hset(key, String(target), JSON.stringify(outcome)).expire(key, WEEK_S))
    },
    async outcomes(id) {
      const key = keys.outcomes(id)
      const found = Object.entries(await redis.hgetall(key)).map(
        ([target, text]) => [Number(target), readJson(store, 'outcome', key, TargetOutcome, text)] as const,
      )
      return new Map(found.filter((one): one is [number, TargetOutcome] => one[1] !== undefined))
    },
  }
}

async function putChangeSet({ redis, keys }: Store, { targets, ...facts }: ChangeSet): Promise<void> {
  const pipeline = redis.pipeline()
  const targetsKey = keys.changeSetTargets(facts.id)
  pipeline.set(keys.changeSet(facts.id), JSON.stringify({ ...facts, targetCount: targets.length }), 'EX', WEEK_S)
  for (let from = 0; from < targets.length; from += FIELDS_AT_ONCE) {
    const fields = targets.slice(from, from + FIELDS_AT_ONCE).map((target, i) => [String(from + i), JSON.stringify(target)])
    pipeline.hset(targetsKey, Object.fromEntries(fields))
  }
  pipeline.expire(targetsKey, WEEK_S)
  pipeline.zadd(keys.changeSets, Date.parse(facts.createdAt), facts.id)
  pipeline.zremrangebyscore(keys.changeSets, '-inf', Date.now() - WEEK_S * 1000)
  pipeline.zremrangebyrank(keys.changeSets, 0, -MAX_CHANGE_SETS - 1)
  await run(pipeline)
}

async function readMany(store: Store, ids: readonly string[]): Promise<ChangeSet[]> {
  const pipeline = store.redis.pipeline()
  for (const id of ids) pipeline.get(store.keys.changeSet(id)).hgetall(store.keys.changeSetTargets(id))
  const found = await run(pipeline)
  return ids.flatMap((id, i) => assemble(store, id, found[2 * i] as string | null, found[2 * i + 1] as Record<string, string>) ?? [])
}

function assemble(store: Store, id: string, text: string | null, fields: Record<string, string>): ChangeSet | undefined {
  const stored = readJson(store, 'change set', store.keys.changeSet(id), StoredFacts, text)
  if (stored === undefined) return undefined
  const { targetCount, ...facts } = stored
  const key = store.keys.changeSetTargets(id)
  const targets = Object.keys(fields)
    .toSorted((a, b) => Number(a) - Number(b))
    .map((index) => readJson(store, 'target', key, Target, fields[index]))
  const whole = targets.filter((target) => target !== undefined)
  return whole.length === targetCount ? { ...facts, targets: whole } : undefined
}

async function readTarget(store: Store, id: string, target: number): ReturnType<State['changeSetTarget']> {
  const { redis, keys } = store
  const key = keys.changeSetTargets(id)
  const [text, field] = await run(redis.pipeline().get(keys.changeSet(id)).hget(key, String(target)))
  const facts = readJson(store, 'change set', keys.changeSet(id), Facts, text as string | null)
  const found = readJson(store, 'target', key, Target, field as string | null)
  return facts && found ? { changeSet: facts, target: found } : undefined
}
