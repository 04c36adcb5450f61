import { VarTrackError } from '@vartrack/errors'
import { networkCode, type StoreFault, storeError } from '@vartrack/sink-kit'

/** First word of an error reply to what it means; the words after it can hold keys and values. */
const REPLIES: Readonly<Record<string, StoreFault>> = {
  WRONGPASS: 'sink.auth',
  NOAUTH: 'sink.auth',
  NOPERM: 'sink.auth',
  WRONGTYPE: 'sink.wrong_type',
  LOADING: 'sink.unavailable',
  BUSY: 'sink.unavailable',
  READONLY: 'sink.unavailable',
  MASTERDOWN: 'sink.unavailable',
  CLUSTERDOWN: 'sink.unavailable',
  TRYAGAIN: 'sink.unavailable',
  MOVED: 'sink.unavailable',
  MISCONF: 'sink.unavailable',
  NOREPLICAS: 'sink.unavailable',
  UNKILLABLE: 'sink.unavailable',
  OOM: 'sink.unavailable',
}

/** Anything the driver threw, as the error whose disposition says what to do. */
export function redisError(error: unknown, location?: string): VarTrackError {
  if (error instanceof VarTrackError) return error
  const network = networkCode(error)
  if (network) return storeError('sink.unreachable', CERTIFICATE.test(network) ? `its certificate is not trusted, ${network}` : network, location)
  const message = messageOf(error)
  const word = firstWord(message)
  const fault = REPLIES[word]
  if (fault) return storeError(fault, word, location)
  if (/max number of clients/.test(message)) return storeError('sink.throttled', 'too many clients', location)
  if (/invalid password|without any password configured/i.test(message)) return storeError('sink.auth', word, location)
  if (/cluster support disabled/.test(message)) return storeError('sink.not_available', 'the server is not part of a cluster', location)
  if (isReply(error)) return storeError('sink.refused', word || 'an error reply', location)
  if (message.startsWith('Too many Cluster redirections')) return storeError('sink.unavailable', 'the slots are on the move', location)
  return storeError('sink.unreachable', 'the connection is closed', location)
}

const CERTIFICATE = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS_CERT)/

/**
 * The error of a connection that did not come about.
 * @param problems what the driver said before it gave up, in turn
 */
export function openingError(error: unknown, problems: readonly unknown[]): VarTrackError {
  if (error instanceof VarTrackError || isReply(error)) return redisError(error)
  const reasons = problems.map(lastOfCluster)
  if (reasons.some((reason) => messageOf(reason) === 'timeout')) return storeError('sink.timeout', 'no node of the cluster')
  return ofSentinels(problems) ?? redisError(reasons.find(isReply) ?? reasons.find(networkCode) ?? error)
}

/** What a cluster says when no node answered as hoped carries what the last of them said. */
function lastOfCluster(problem: unknown): unknown {
  return problem instanceof Error && 'lastNodeError' in problem ? problem.lastNodeError : problem
}

/** Of the error of a sentinel the driver keeps the text. */
function ofSentinels(problems: readonly unknown[]): VarTrackError | undefined {
  const texts = problems.flatMap((problem) => /^failed to connect to sentinel \S+ because (.*)/.exec(messageOf(problem))?.[1] ?? [])
  if (texts.length === 0) return undefined
  const refusal = texts.map(firstWord).find((word) => REPLIES[word] === 'sink.auth')
  if (refusal) return storeError('sink.auth', `of a sentinel, ${refusal}`)
  if (texts.includes('Command timed out')) return storeError('sink.timeout', 'no sentinel')
  return storeError(
    'sink.unreachable',
    texts.some((text) => text.includes('No such master')) ? 'no sentinel knows sentinel_master' : 'no sentinel answered',
  )
}

/** The code of an error reply; what follows it can hold keys and values. */
function firstWord(message: string): string {
  return /^[A-Z]+(?= )/.exec(message)?.[0] ?? ''
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : ''
}

function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError'
}
