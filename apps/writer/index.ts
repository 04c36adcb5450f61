export { startWriter } from './start.js'
