export { isAnothers } from './anothers.js'
export {
  CATALOG,
  type JobData,
  type JobDefinition,
  type JobInput,
  type JobName,
  type JobsOf,
  LANES,
  type Lane,
  QUEUES,
  type QueueKind,
  queueName,
} from './catalog.js'
export { planKey, planLane } from './coalescing.js'
export { type Consumer, type ConsumerLimits, type ConsumerOptions, createConsumer, type Handlers, type JobContext } from './consumer.js'
export type { ConsumerHooks, JobEnd, JobFacts, JobOutcome } from './consumer-hooks.js'
export type { FlowChild } from './flow.js'
export * from './jobs.js'
export { type AddOptions, createProducer, type Producer, type ProducerOptions } from './producer.js'
export type { Scheduled, ScheduledJob, Schedulers } from './schedulers.js'
