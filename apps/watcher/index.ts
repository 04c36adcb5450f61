export { startWatcher } from './start.js'
