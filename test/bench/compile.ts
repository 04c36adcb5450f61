import { measureCore } from './compile/core.js'
import { measureFormats } from './compile/formats.js'
import { printTable } from './row.js'

// The formats first: the core's files of 10 MB leave a heap that is collected at the cost of whatever comes next.
const formats = await measureFormats()
printTable([...(await measureCore()), ...formats])
