import { parentPort } from 'node:worker_threads'
import { toVarTrackError } from '@vartrack/errors'
import { locate } from './locate.js'
import { parseBytes } from './parse-file.js'
import { toWire, type WorkerReply, type WorkerRequest } from './worker-protocol.js'

/** The thread's side of the parser pool: one request at a time, one reply each. */
parentPort?.on('message', (request: WorkerRequest) => void serve(request))

async function serve(request: WorkerRequest): Promise<void> {
  const reply = await answer(request)
  parentPort?.postMessage(reply, reply.kind === 'parsed' ? [reply.bytes.buffer] : [])
}

async function answer(request: WorkerRequest): Promise<WorkerReply> {
  const bytes = Buffer.from(request.bytes.buffer)
  try {
    if (request.kind === 'locate') return { kind: 'located', positions: await locateIn(bytes, request) }
    const parsed = await parseBytes(bytes, request.path, request.format, request.limits)
    return { kind: 'parsed', bytes: new Uint8Array(parsed.bytes), rootKeyAnyDepth: parsed.rootKeyAnyDepth }
  } catch (error) {
    return { kind: 'refused', error: toWire(toVarTrackError(error)) }
  }
}

function locateIn(bytes: Buffer, { path, format, json, columns }: Extract<WorkerRequest, { kind: 'locate' }>) {
  return locate(bytes, path, format, Buffer.from(json.buffer), columns)
}
