import { describe, expect, it } from 'vitest'
import { Duration, HostPort, Port, TlsOptions } from './options.js'

describe('options that every datasource has', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    [250, 250],
  ])('read the time %j', (written, ms) => expect(Duration.parse(written)).toBe(ms))

  it.each(['0s', '-1s', '1.5s', '1 s', '1d', 's', '', 0, -1, 1.5, Number.NaN])('refuse the time %j', (written) =>
    expect(Duration.safeParse(written).success).toBe(false),
  )

  it.each(['localhost:1', '[::1]:6379', 'a.b:65535'])('take the server %s', (server) => expect(HostPort.parse(server)).toBe(server))

  it.each(['localhost', 'user:pass@host:1', 'http://host:1', 'host:123456', 'a b:1', ''])('refuse the server %j', (server) =>
    expect(HostPort.safeParse(server).success).toBe(false),
  )

  it('refuse ports that are none', () => expect([0, 65_536, 1.5].map((port) => Port.safeParse(port).success)).toEqual([false, false, false]))

  it('check certificates unless they are told not to', () => expect(TlsOptions.parse({})).toEqual({ verify: true }))
})
