import { fileSubject } from '../file-subject.js'

export const subject = fileSubject({
  format: 'xml',
  endings: ['.xml'],
  seeds: [
    '<?xml version="1.0" encoding="UTF-8"?>\n<!-- c -->\n<a x="1&amp;2" y=\'&#65;\'>\n <b>t<![CDATA[<&>]]></b>\n <b/>\n <c:d e:f="">&#x1F600; text</c:d>\n</a>\n',
    '<project><modelVersion>4.0.0</modelVersion><dependencies><dependency><a>1</a></dependency><dependency/></dependencies></project>',
  ],
  words: [
    '<a>',
    '</a>',
    '<a/>',
    '<a b="c">',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?x ?>',
    '<!DOCTYPE a>',
    '&lt;',
    '&#0;',
    '&x;',
    ' a="',
    '>',
    '<constructor>',
    '<#text>',
  ],
})
