import { fileSubject } from '../file-subject.js'

export const subject = fileSubject({
  format: 'ini',
  endings: ['.ini'],
  seeds: ['a = 1\n[s]\nb=c d\n; n\n[s.t]\n  e = http://x/y#z\n  f =\n', '[A]\r\nx = null\r\ntrue = true\r\n[a.b.c]\r\ny=%(x)s\r\n'],
  words: ['[', ']', '[a]\n', '[a.b]\n', '[DEFAULT]\n', ' = ', '=', '[]', ' ;', '# x\n', 'true', '\n ', ':', '__proto__', 'constructor'],
})
