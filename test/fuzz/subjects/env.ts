import { fileSubject } from '../file-subject.js'

export const subject = fileSubject({
  format: 'env',
  endings: ['.env'],
  seeds: ['# c\nexport A=1\nB="x\\ny"\nC=\'l1\nl2\' # note\nD=a#b\nE: f\nF=\n', 'A.B-C = "a\\"b" \r\nG=`x`\r\n'],
  words: ['export ', 'A=', '="', "='", '\\"', '\\$', ' #', ': ', '`', '\n\n', 'A\n'],
})
