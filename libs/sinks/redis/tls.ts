import { readFile } from 'node:fs/promises'
import { type ConnectionOptions, createSecureContext } from 'node:tls'
import { VarTrackError } from '@vartrack/errors'
import type { RedisOptions } from './options.js'

/**
 * TLS as the bundle describes it. The files are read at every opening, so that renewed ones are taken up.
 * @throws VarTrackError `sink.tls_files`
 */
export async function tlsOptions(options: RedisOptions): Promise<ConnectionOptions> {
  const [ca, cert, key] = await Promise.all((['tls_ca', 'tls_cert', 'tls_key'] as const).map((field) => contentOf(field, options[field])))
  const content = { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) }
  try {
    createSecureContext(content)
  } catch (cause) {
    throw unusable(`tls_ca, tls_cert and tls_key do not fit together (${codeOf(cause)})`, 'Each is a PEM file, and tls_key the key of tls_cert.')
  }
  return { rejectUnauthorized: options.tls_verify, ...content }
}

async function contentOf(field: string, path: string | undefined): Promise<Buffer | undefined> {
  if (path === undefined) return undefined
  return readFile(path).catch((cause: unknown) => {
    throw unusable(
      `${field} names ${path}, which cannot be read (${codeOf(cause)})`,
      'It is a path on the machine of the writer, who has to be allowed to read it.',
    )
  })
}

function unusable(message: string, remedy: string): VarTrackError {
  return new VarTrackError({ code: 'sink.tls_files', message: `${message}.`, remedy, disposition: { kind: 'stall' } })
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
}
