import type { PlanBase, RefName, State } from './contract.js'
import { PlanBases } from './contract.js'
import { parseRefField, refField } from './keys.js'
import { DAY_S, readJson, type Store, scanHash } from './stored.js'

/** So many commits that may lie at destinations and never settled: from then on everything counts as changed. */
const MAX_PENDING = 20

/**
 * KEYS: plans, departure of the ref; ARGV: field, commit ('' when the ref is gone), generation, whole ('1'), limit, seconds that a departure is known,
 * datasources. Gives what was known before, or the generation of a plan of everything that is higher and has begun already.
 */
const BEGIN = `
local found = redis.call('HGET', KEYS[1], ARGV[1])
local known, bases = pcall(cjson.decode, found or '{}')
if not known or type(bases) ~= 'table' then found, bases = false, {} end
local generation = tonumber(ARGV[3])
for i = 7, #ARGV do
  local base = bases[ARGV[i]] or { pending = {}, begun = 0 }
  if base.begun > generation then return base.begun end
  if ARGV[4] == '1' then base.begun = generation end
  if ARGV[2] ~= '' and base.commit ~= ARGV[2] then base.pending[ARGV[2]] = generation end
  local count = 0
  for _ in pairs(base.pending) do count = count + 1 end
  if count > tonumber(ARGV[5]) then base.pending = {} base.commit = nil base.bundle = nil end
  bases[ARGV[i]] = base
end
if ARGV[2] == '' then redis.call('SET', KEYS[2], ARGV[3], 'EX', ARGV[6])
elseif ARGV[4] == '1' then redis.call('DEL', KEYS[2]) end
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(bases))
return found or '{}'`

/**
 * ARGV: field, commit, generation, digest of the bundle, datasources. What began before it is covered by it; a later settling stands. A plan whose beginning
 * is gone settles nothing: Redis was emptied meanwhile, its targets with it, and a ref that counted as settled would not be planned again.
 */
const SETTLE = `
local found = redis.call('HGET', KEYS[1], ARGV[1])
if not found then return 0 end
local known, bases = pcall(cjson.decode, found)
if not known or type(bases) ~= 'table' then bases = {} end
local generation = tonumber(ARGV[3])
for i = 5, #ARGV do
  local base = bases[ARGV[i]] or { pending = {}, begun = generation }
  if generation >= (base.generation or 0) then
    base.commit, base.generation, base.bundle = ARGV[2], generation, ARGV[4]
  end
  for commit, since in pairs(base.pending) do
    if since <= generation then base.pending[commit] = nil end
  end
  bases[ARGV[i]] = base
end
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(bases))
return 1`

/** KEYS: plans, tried; ARGV: field, generation, datasources. A ref that came back is planned again by now. */
const FORGET = `
local found = redis.call('HGET', KEYS[1], ARGV[1])
local known, bases = pcall(cjson.decode, found or '{}')
if not known or type(bases) ~= 'table' then bases = {} end
for i = 3, #ARGV do
  local base = bases[ARGV[i]]
  if base and base.begun <= tonumber(ARGV[2]) then bases[ARGV[i]] = nil end
end
if next(bases) ~= nil then return redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(bases)) end
redis.call('HDEL', KEYS[1], ARGV[1])
return redis.call('HDEL', KEYS[2], ARGV[1])`

type Plans = Pick<State, 'beginPlan' | 'settlePlan' | 'departedSince' | 'planBases' | 'begunRefs' | 'forgetPlans'>

/** What is known of the plans of each ref; see {@link PlanBase}. */
export function plans(store: Store): Plans {
  const { redis, keys } = store
  const departureOf = ({ platform, repo, ref }: RefName) => keys.departure(platform, repo, ref)
  return {
    async beginPlan(ref, datasources, { commit, generation, whole }) {
      const key = keys.plans(ref.platform)
      const facts = [fieldOf(ref), commit, generation, whole ? '1' : '0', MAX_PENDING, DAY_S]
      const before = await redis.eval(BEGIN, 2, key, departureOf(ref), ...facts, ...datasources)
      return typeof before === 'number' ? before : readBases(store, key, String(before))
    },
    async settlePlan(ref, datasources, { commit, generation, bundle }) {
      await redis.eval(SETTLE, 1, keys.plans(ref.platform), fieldOf(ref), commit, generation, bundle, ...datasources)
    },
    async planBases(ref) {
      const key = keys.plans(ref.platform)
      return readBases(store, key, await redis.hget(key, fieldOf(ref)))
    },
    begunRefs: (platform) => begunRefs(store, platform),
    async forgetPlans(ref, datasources, generation) {
      await redis.eval(FORGET, 2, keys.plans(ref.platform), keys.tried(ref.platform), fieldOf(ref), generation, ...datasources)
    },
    departedSince: async (ref, generation) => Number(await redis.get(departureOf(ref))) > generation,
  }
}

function fieldOf({ repo, ref }: RefName): string {
  return refField(repo, ref)
}

function readBases(store: Store, key: string, text: string | null): ReadonlyMap<string, PlanBase> {
  return new Map(Object.entries(readJson(store, 'plans of a ref', key, PlanBases, text) ?? {}))
}

async function* begunRefs({ redis, keys }: Store, platform: string): AsyncGenerator<{ repo: string; ref: string }> {
  for await (const [field] of scanHash(redis, keys.plans(platform))) {
    const ref = parseRefField(field)
    if (ref) yield ref
  }
}
