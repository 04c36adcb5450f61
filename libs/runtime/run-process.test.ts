import { describe, expect, it } from 'vitest'
import { eventually } from '../../test/support/eventually.js'
import { type RunningProcess, spawnProcess } from '../../test/support/processes.js'
import { repositoryRoot } from '../../test/support/repository-root.js'

/** A process whose start does what the script says. It needs the build. */
function run(start: string, env: Record<string, string> = {}): RunningProcess {
  const script = `import { runProcess } from '@vartrack/runtime'
    import { VarTrackError } from '@vartrack/errors'
    await runProcess('sample', async ({ onClose, onDrain, onHangup, fail, log }) => { ${start}; console.log('started') })
    setInterval(() => {}, 1000)`
  return spawnProcess(process.execPath, ['--input-type=module', '-e', script], { cwd: repositoryRoot(), env: { LOG_LEVEL: 'info', ...env } })
}

const closing = (ms: number) => `onClose('slow', async () => { await new Promise((done) => setTimeout(done, ${ms})); console.log('closed') })`

describe('a process', () => {
  it('closes on SIGTERM what it opened, last first, and ends with 0', async () => {
    await using process = run(
      `onClose('first', async () => console.log('closed first')); onClose('second', async () => console.log('closed second'))`,
    )
    await process.waitFor(/started/)
    process.kill('SIGTERM')
    expect(await process.exited).toEqual({ code: 0, signal: null })
    expect(process.output()).toMatch(/closed second[^]*closed first/)
  })

  it('ends all work at once before it closes anything', async () => {
    await using process = run(
      `onDrain('slow', (ms) => new Promise((done) => setTimeout(done, ms - 100)).then(() => console.log('drained slow')))
      onDrain('other', async () => console.log('drained other')); onClose('redis', async () => console.log('closed redis'))`,
      { SHUTDOWN_TIMEOUT: '1s' },
    )
    await process.waitFor(/started/)
    process.kill('SIGTERM')
    expect(await process.exited).toEqual({ code: 0, signal: null })
    expect(process.output()).toMatch(/drained other[^]*drained slow[^]*closed redis/)
  })

  it('ends with 1 when something does not close within SHUTDOWN_TIMEOUT, after the rest was closed', async () => {
    await using process = run(`onClose('good', async () => console.log('closed good')); onClose('stuck', () => new Promise(() => {}))`, {
      SHUTDOWN_TIMEOUT: '200ms',
    })
    await process.waitFor(/started/)
    process.kill('SIGTERM')
    expect(await process.exited).toEqual({ code: 1, signal: null })
    expect(process.output()).toContain('closed good')
    expect(process.output()).toContain('stuck did not close in time')
  })

  it('takes a signal that comes twice at once for one, as Ctrl-C under npm does, and is ended by one that comes later', async () => {
    await using twice = run(closing(200))
    await twice.waitFor(/started/)
    for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM'] as const) twice.kill(signal)
    expect(await twice.exited).toEqual({ code: 0, signal: null })
    expect(twice.output()).toMatch(/^closed$/m)
    await using later = run(closing(600_000), { SHUTDOWN_TIMEOUT: '1h' })
    await later.waitFor(/started/)
    const ended = later.exited.then(() => true)
    await eventually(async () => {
      later.kill('SIGINT')
      return Promise.race([ended, Promise.resolve(false)])
    })
    expect(await later.exited).toEqual({ code: 1, signal: null })
    expect(later.output()).not.toMatch(/^closed$/m)
  })

  it('says at its start that nobody will get the traces it is asked for', async () => {
    await using process = run('', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' })
    const [warning] = await process.waitFor(/.*OTEL_EXPORTER_OTLP_ENDPOINT is set, and traces are not available yet/)
    expect(warning).toContain('"level":"warn"')
  })

  it('tells a person one line for each problem when it cannot start, and never a stack', async () => {
    await using bad = run('', { PORT: 'x', POLL_INTERVAL: 'soon' })
    expect(await bad.exited).toEqual({ code: 1, signal: null })
    const lines = bad.output().trim().split('\n')
    expect(lines).toHaveLength(2)
    for (const line of lines) expect(line).toMatch(/^vartrack sample: .*\[config\.environment\]$/)
    await using broken = run(`throw new VarTrackError({ code: 'a.b', message: 'It is broken.', remedy: 'Mend it.' })`)
    expect(await broken.exited).toEqual({ code: 1, signal: null })
    expect(broken.output()).toBe('vartrack sample: It is broken. Mend it. [a.b]\n')
  })

  it('ends with 1 on an error nobody handled, closed in order, without a stack', async () => {
    await using process = run(`onClose('it', async () => console.log('closed')); setTimeout(() => { throw new Error('lost') }, 50)`)
    expect(await process.exited).toEqual({ code: 1, signal: null })
    expect(process.output()).toMatch(/"level":"fatal"[^\n]*lost/)
    expect(process.output()).toMatch(/^closed$/m)
    expect(process.output()).not.toMatch(/\n\s+at /)
  })

  it('ends with 1 when something is gone that it cannot work without, and does not mind while it ends', async () => {
    const lost = `new VarTrackError({ code: 'redis.gone', message: 'Redis is gone.' })`
    await using process = run(`onClose('it', async () => { fail(${lost}); console.log('closed') }); setTimeout(() => fail(${lost}), 50)`)
    expect(await process.exited).toEqual({ code: 1, signal: null })
    expect(process.output()).toMatch(/^closed$/m)
    expect(process.output().match(/"level":"fatal"/g)).toHaveLength(1)
  })

  it('reads its bundle again on SIGHUP and stays when that fails', async () => {
    await using process = run(`onHangup(async () => { console.log('reloaded'); throw new Error('bad bundle') })`)
    await process.waitFor(/started/)
    process.kill('SIGHUP')
    await process.waitFor(/reloaded[^]*bad bundle/)
    process.kill('SIGTERM')
    expect(await process.exited).toEqual({ code: 0, signal: null })
  })
})
