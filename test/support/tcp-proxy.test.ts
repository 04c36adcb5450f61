import { once } from 'node:events'
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from './eventually.js'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js'

/** Answers every piece with itself, and counts what it was sent. */
let echo: Server
let received: number
let proxy: TcpProxy

beforeEach(async () => {
  received = 0
  echo = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (piece: Buffer) => {
      received += piece.length
      socket.write(piece)
    })
  })
  echo.listen(0, '127.0.0.1')
  await once(echo, 'listening')
  proxy = await startTcpProxy((echo.address() as AddressInfo).port)
})

afterEach(async () => {
  await proxy.close()
  echo.close()
})

describe('a connection through the proxy', () => {
  it('carries bytes both ways', async () => {
    const client = await connect()
    expect(await said(client, 'hello')).toBe('hello')
  })

  it('loses everything in a blackhole, and works again once mended', async () => {
    const client = await connect()
    await proxy.break({ kind: 'blackhole' })
    client.socket.write('lost')
    await proxy.mend()
    expect(await said(client, 'found')).toContain('found')
    expect(proxy.connections()).toBe(1)
  })

  it('carries requests and swallows answers', async () => {
    const client = await connect()
    await proxy.break({ kind: 'swallow-answers' })
    client.socket.write('done?')
    await eventually(() => received === 5)
    expect(client.text()).toBe('')
  })

  it('is reset after so many bytes of the request', async () => {
    const client = await connect()
    await proxy.break({ kind: 'cut', afterBytes: 3, direction: 'to-server' })
    client.socket.write('request')
    await eventually(() => client.error() === 'ECONNRESET')
    expect(received).toBeLessThanOrEqual(3)
  })

  it('is refused when nobody listens, and accepted again once mended', async () => {
    await proxy.break({ kind: 'refuse' })
    await expect(connect()).rejects.toThrow('ECONNREFUSED')
    await proxy.mend()
    expect(await said(await connect(), 'back')).toBe('back')
  })

  it('is reset on demand', async () => {
    const client = await connect()
    await said(client, 'hello')
    proxy.reset()
    await eventually(() => client.error() === 'ECONNRESET')
  })

  it('ends on the server side while requests still arrive', async () => {
    const client = await connect()
    await said(client, 'hello')
    await proxy.break({ kind: 'half-close' })
    await eventually(() => client.ended())
    client.socket.write('more')
    await eventually(() => received === 9)
  })

  it('is late by the delay, in order', async () => {
    await proxy.break({ kind: 'delay', ms: 30 })
    const client = await connect()
    const start = performance.now()
    client.socket.write('first')
    await said(client, 'second')
    expect(client.text()).toBe('firstsecond')
    expect(performance.now() - start).toBeGreaterThanOrEqual(55)
  })
})

interface Client {
  readonly socket: Socket
  text(): string
  error(): string | undefined
  ended(): boolean
}

async function connect(): Promise<Client> {
  const socket = createConnection({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true })
  let text = ''
  let code: string | undefined
  socket.on('data', (piece: Buffer) => {
    text += piece.toString()
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    code = error.code
  })
  await once(socket, 'connect')
  return { socket, text: () => text, error: () => code, ended: () => socket.readableEnded }
}

function said(client: Client, text: string): Promise<string> {
  client.socket.write(text)
  return eventually(() => (client.text().includes(text) ? client.text() : undefined))
}
