import type { IncomingMessage } from 'node:http'
import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { KoaAdapter } from '@bull-board/koa'
import { type Producer, QUEUES } from '@vartrack/queues'
import { SINK_TYPES } from '@vartrack/sink-kit'
import type { Context, Middleware } from 'koa'
import { createBodyBudget } from './body-budget.js'
import type { IngressLimits } from './dependencies.js'
import { parseJson } from './parse-json.js'
import { type BodyLimits, readBody } from './read-body.js'
import { BOARD_PATH } from './require-token.js'

/**
 * Bull Board under {@link BOARD_PATH}. It opens its queues when it is first asked for, so that the ingress starts while Redis is away. A job whose data was
 * edited here is checked by its worker like any other.
 */
export function createBoard(producer: Pick<Producer, 'queue'>, limits: IngressLimits): Middleware {
  const budget = createBodyBudget(limits.bufferedBytes)
  let board: Promise<Middleware> | undefined
  return async (context, next) => {
    if (context.path !== BOARD_PATH && !context.path.startsWith(`${BOARD_PATH}/`)) return next()
    board ??= openBoard(producer).catch((error: unknown) => {
      board = undefined
      throw error
    })
    context.set('x-frame-options', 'DENY')
    context.set('referrer-policy', 'no-referrer')
    context.remove('cache-control')
    if (hasBody(context.req)) await readJson(context, { maxBytes: limits.apiBodyBytes, timeoutMs: limits.bodyTimeoutMs, budget })
    return (await board)(context, next)
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** Under the limits of the API. The board's own parser leaves a body alone that is there already. */
async function readJson(context: Context, limits: BodyLimits): Promise<void> {
  Object.assign(context.request, { body: parseJson(await readBody(context.req, limits)) })
}

async function openBoard(producer: Pick<Producer, 'queue'>): Promise<Middleware> {
  const kinds = QUEUES.filter((kind) => kind !== 'write')
  const queues = await Promise.all([...kinds.map((kind) => producer.queue(kind)), ...SINK_TYPES.map((sink) => producer.queue('write', sink))])
  const serverAdapter = new KoaAdapter()
  serverAdapter.setBasePath(BOARD_PATH)
  createBullBoard({ queues: queues.map((queue) => new BullMQAdapter(queue)), serverAdapter, options: { uiConfig: { boardTitle: 'varTrack' } } })
  // What it throws is answered as everything else is.
  serverAdapter.setErrorHandler((error) => {
    throw error
  })
  return serverAdapter.registerPlugin()
}
