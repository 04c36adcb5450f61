import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.js'

const openssl = promisify(execFile)

/** Files of certificates and keys that are worth nothing beyond one test. */
export interface Certificates extends AsyncDisposable {
  readonly ca: string
  /** Of a server on 127.0.0.1, signed by the CA. */
  readonly server: KeyPair
  /** Of a client, signed by the CA. */
  readonly client: KeyPair
  /** Another CA of the same name, which has signed nothing. */
  readonly otherCa: string
}

export interface KeyPair {
  readonly cert: string
  readonly key: string
}

/** Makes a CA with certificates for a server and a client; they are gone with what is disposed. */
export async function makeCertificates(): Promise<Certificates> {
  const directory = await temporaryDirectory('certificates')
  const [ca, otherCa] = await Promise.all([selfSigned(directory, 'ca'), selfSigned(directory, 'other-ca')])
  const server = await signed(directory, ca, 'server', 'subjectAltName=IP:127.0.0.1,DNS:localhost')
  const client = await signed(directory, ca, 'client', 'extendedKeyUsage=clientAuth')
  return { ca: ca.cert, otherCa: otherCa.cert, server, client, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() }
}

/** Arguments of a Redis that asks every client on this port for a certificate of the CA, or leaves that to the client. */
export function tlsArguments({ ca, server }: Certificates, port: number, clients: 'yes' | 'optional'): string[] {
  const files = ['--tls-ca-cert-file', ca, '--tls-cert-file', server.cert, '--tls-key-file', server.key]
  return ['--tls-port', String(port), ...files, '--tls-auth-clients', clients]
}

async function selfSigned(directory: TemporaryDirectory, name: string): Promise<KeyPair> {
  const { cert, key } = pairOf(directory, name)
  await openssl('openssl', ['req', '-x509', ...newKey(key), '-subj', '/CN=throw-away CA', '-days', '2', '-out', cert])
  return { cert, key }
}

async function signed(directory: TemporaryDirectory, ca: KeyPair, name: string, extension: string): Promise<KeyPair> {
  const { cert, key } = pairOf(directory, name)
  const [request, extensions] = [`${cert}.request`, `${cert}.extensions`]
  await writeFile(extensions, extension)
  await openssl('openssl', ['req', '-new', ...newKey(key), '-subj', `/CN=${name}`, '-out', request])
  const signing = ['-CA', ca.cert, '-CAkey', ca.key, '-CAcreateserial', '-days', '2', '-extfile', extensions]
  await openssl('openssl', ['x509', '-req', '-in', request, ...signing, '-out', cert])
  return { cert, key }
}

function newKey(file: string): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file]
}

function pairOf({ path }: TemporaryDirectory, name: string): KeyPair {
  return { cert: join(path, `${name}.crt`), key: join(path, `${name}.key`) }
}
