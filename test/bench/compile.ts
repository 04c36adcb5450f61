import { measureCore } from './compile/core.js'
import { measureFormats } from './compile/formats.js'
import { printTable } from './row.js'

printTable([...(await measureCore()), ...(await measureFormats())])
