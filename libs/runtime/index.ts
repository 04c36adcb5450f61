export { type Config, type Environment, type LogLevel, readConfig } from './config.js'
export { type ConnectOptions, connectRedis, type RedisKind, type RedisTarget } from './redis-connection.js'
export type { SchemaTenant } from './schema-tenants.js'
