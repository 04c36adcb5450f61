export { locationRules } from './locations.js'
export { type AvailableSink, isAvailable, sinks } from './registry.js'
