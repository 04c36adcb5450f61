import { fileSubject } from '../file-subject.js'

export const subject = fileSubject({
  format: 'properties',
  endings: ['.properties'],
  seeds: ['# c\na.b=1\nc : d\\\n   e\nf g\n! x\nk\\ ey=\\u00e9\\t\n', 'x=\r\ny\\:z=1\r\n\\\r\n'],
  words: ['=', ': ', ' ', '\\\n', '\\u00e9', '\\u', '\\', '#', '!', '\f', '\\\r\n  '],
})
