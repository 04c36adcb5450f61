import type { Bundle } from '@vartrack/bundle'
import { VarTrackError } from '@vartrack/errors'
import { CATALOG, type JobInput, type Producer, QUEUES } from '@vartrack/queues'
import { SINK_TYPES } from '@vartrack/sink-kit'
import { z } from 'zod'
import { correlationOf } from '../request-context.js'
import { type Api, check, notFound, readInput, readQuery } from './request.js'

/** Jobs a person may add. A settle belongs to its flow and a quarantined job to its failure: neither means anything alone. */
const BY_HAND = ['plan', 'heal', 'poll', 'sweep', 'refresh', 'write', 'restore'] as const
type ByHand = (typeof BY_HAND)[number]

const JobRequest = z.strictObject({
  name: z.enum(BY_HAND),
  /** As the catalog says; version and correlation are filled in. */
  data: z.record(z.string(), z.unknown()),
  /** Of a write or restore. */
  sink: z.enum(SINK_TYPES).optional(),
})
const JobAddress = z.strictObject({ sink: z.enum(SINK_TYPES).optional() })

/** `POST /api/v1/jobs` adds one job; `GET /api/v1/jobs/{queue}/{id}` says how one fares. */
export function addJobRoutes(api: Api): void {
  const { producer, mask, bundle } = api.dependencies
  api.router.post('/jobs', async (context) => {
    const request = await readInput(api, context, JobRequest)
    const correlation = correlationOf(context)
    const schema: z.ZodType<object> = CATALOG[request.name].schema
    const data = check(schema, { correlation, ...request.data, version: CATALOG[request.name].version }, 'The data of the job')
    if (request.sink !== undefined) requireWorked(request.sink, bundle())
    const job = await addJob(producer, request.name, data, request.sink)
    context.status = 202
    context.body = { status: 'accepted', job, request_id: correlation }
  })
  api.router.get('/jobs/:queue/:id', async (context) => {
    const { sink } = readQuery(context, JobAddress)
    const kind = check(z.enum(QUEUES), context.params['queue'], 'The queue')
    requireSink(kind === 'write', sink)
    const job = await findJob(await producer.queue(kind, sink), context.params['id'] ?? '')
    const { id, name, data, attemptsMade, timestamp, finishedOn, failedReason } = job
    context.body = mask.value({
      id,
      name,
      data: data as unknown,
      state: await job.getState(),
      attempts: attemptsMade,
      timestamp,
      finishedOn,
      failedReason,
    })
  })
}

type Queue = Awaited<ReturnType<Producer['queue']>>

/** BullMQ keeps keys of its own beside the jobs: one that is no hash, or has no name, is no job. @throws VarTrackError `api.not_found` */
async function findJob(queue: Queue, id: string): Promise<NonNullable<Awaited<ReturnType<Queue['getJob']>>>> {
  const job = await queue.getJob(id).catch((error: unknown) => {
    if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return undefined
    throw error
  })
  if (typeof job?.name !== 'string') throw notFound('The job')
  return job
}

async function addJob(producer: Pick<Producer, 'add'>, name: ByHand, data: object, sink: string | undefined): Promise<string> {
  const toWriter = name === 'write' || name === 'restore'
  requireSink(toWriter, sink)
  // The schema of the name has just been applied to the data; the types cannot follow a name chosen by a client.
  if (toWriter && sink !== undefined) return producer.add(name, data as JobInput<'write'>, { sink })
  return producer.add(name as 'plan', data as JobInput<'plan'>)
}

/** A job for a sink that no writer works would wait for ever. */
function requireWorked(sink: string, { datasources }: Bundle): void {
  if (datasources.some(({ type }) => type === sink)) return
  throw new VarTrackError({
    code: 'api.input',
    message: `No datasource of the bundle is of the type ${sink}.`,
    remedy: 'Name the sink of one that is there.',
    status: 400,
  })
}

function requireSink(needed: boolean, sink: string | undefined): void {
  if (needed === (sink !== undefined)) return
  const message = needed ? 'A job of a writer needs the sink whose queue it goes to.' : 'Only jobs of writers have a sink.'
  throw new VarTrackError({ code: 'api.input', message, remedy: 'docs/api.md describes the fields.', status: 400 })
}
