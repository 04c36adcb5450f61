export { startPlanner } from './start.js'
