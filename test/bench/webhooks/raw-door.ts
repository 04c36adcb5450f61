import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Redis } from 'ioredis'
import Koa from 'koa'

/** The least a door can do: it reads the body and has Redis keep it. Argument: URL of Redis. Tells its port. */
const [url = ''] = process.argv.slice(2)
const redis = new Redis(url)
const app = new Koa()
app.use(async (context) => {
  const chunks: Buffer[] = []
  for await (const chunk of context.req) chunks.push(chunk as Buffer)
  await redis.lpush('raw', Buffer.concat(chunks))
  context.status = 202
  context.body = { status: 'accepted' }
})
const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
process.stdout.write(`port ${(server.address() as AddressInfo).port}\n`)
