// Docker's health check: every process answers on its admin port whether it still works.
const port = /:(\d+)$/.exec(process.env.ADMIN_ADDR ?? '')?.[1] ?? '9090'
const response = await fetch(`http://127.0.0.1:${port}/health/liveness`, { signal: AbortSignal.timeout(4_000) }).catch(() => undefined)
process.exitCode = response?.ok ? 0 : 1
