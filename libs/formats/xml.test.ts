import { describe, expect, it } from 'vitest'
import { errorOf, jsonOf, refusalOf } from './testing.js'

const xml = async (text: string) => JSON.parse(await jsonOf('f.xml', text)) as unknown
const refusal = (text: string) => refusalOf('f.xml', text)

describe('XML as a tree', () => {
  it.each([
    ['<a>x</a>', { a: 'x' }],
    ['<a/>', { a: '' }],
    ['<a>  </a>', { a: '' }],
    ['<a> x  y\n</a>', { a: 'x  y' }],
    ['<a><b>1</b></a>', { a: { b: '1' } }],
    ['<a><b>1</b>\n<c/><b>2</b></a>', { a: { b: ['1', '2'], c: '' } }],
    ['<a>\n <b/>\n <c/>\n <d/>\n</a>', { a: { b: '', c: '', d: '' } }],
    ['<a x="1"/>', { a: { '@x': '1' } }],
    ["<a x='1' y = \"'2'\">t</a>", { a: { '@x': '1', '@y': "'2'", '#text': 't' } }],
    ['<a>t<b>1</b>u</a>', { a: { '#text': 'tu', b: '1' } }],
    ['<a>&lt;&amp;&gt;&quot;&apos;&#0000000065;&#x00000001F600;</a>', { a: '<&>"\'A😀' }],
    ['<a x="&#10;&amp;lt;">&amp;lt;</a>', { a: { '@x': '\n&lt;', '#text': '&lt;' } }],
    ['<a> <![CDATA[ <b>&amp; ]]> </a>', { a: ' <b>&amp; ' }],
    ['<?xml version="1.0" encoding="UTF-8"?>\n<!-- c --><a><!-- <x> --><?pi x?>1</a>\n<!-- c -->', { a: '1' }],
    ["<?p it's?><a><b>1</b><?q 5' wide?><c>x<?r\n\"?>y</c><d><![CDATA[<?s '?>]]></d></a>", { a: { b: '1', c: 'xy', d: "<?s '?>" } }],
    ["<a><b>1</b><!-- <?p ' --><?q '?></a>", { a: { b: '1' } }],
    ['<größe überall="1"/>', { größe: { '@überall': '1' } }],
    ['<n:a xmlns:n="u"><n:b>1</n:b></n:a>', { 'n:a': { '@xmlns:n': 'u', 'n:b': '1' } }],
    [
      '<a><constructor>1</constructor><toString x="2"/><b>007</b><c>true</c></a>',
      { a: { constructor: '1', toString: { '@x': '2' }, b: '007', c: 'true' } },
    ],
  ])('%s', async (text, expected) => expect(await xml(text)).toEqual(expected))

  it('a root key may lie anywhere', async () => expect(await jsonOf('pom.xml', '<a>\u00a0x</a>')).toBe('{"a":"\u00a0x"}'))
})

describe('what XML is refused for', () => {
  it.each([
    ['DOCTYPE', '<a/>\n<!DOCTYPE a>', 'format.unsafe 2:1'],
    ['an entity of its own', '<a>\n &nbsp;</a>', 'format.unsafe 2:2'],
    ['an entity of its own in an attribute', '<a x="&e;"/>', 'format.unsafe 1:7'],
    ['__proto__', '<a>\n<__proto__/></a>', 'format.unsafe 2:1'],
    ['a bare ampersand', '<a>\nb & c</a>', 'format.syntax 2:3'],
    ['two roots', '<a/>\n<b/>', 'format.syntax 2:1'],
    ['text beside the root', '<a/>\nx', 'format.syntax 2:1'],
    ['nothing but a blank that is none to XML', '\u00a0', 'format.syntax 1:1'],
    ['a wrong closing tag', '<a>\n<b>\n</a>', 'format.syntax 3:1'],
    ['a tag left open', '<a>\n<b>', 'format.syntax 2:1'],
    ['an attribute twice before another mistake', '<a>\n<b x="1" y="" x="2"/></c>', 'format.duplicate_key 2:15'],
    ['an attribute without quotes', '<a>\n <b x=1/></a>', 'format.syntax 2:5'],
    ['a tag that does not end', '<a>\n <b', 'format.syntax 2:2'],
    ['an attribute of many that has no value', '<a\n  b="1"\n  c d="1"/>', 'format.syntax 3:3'],
    ['a less-than sign in an attribute', '<a\n  b="1" c="<"/>', 'format.syntax 2:9'],
    ['a blank that is none to XML', '<a\u00a0b="1"/>', 'format.syntax 1:3'],
    ['a wrong closing tag before a second root', '<a>\n<b></a></b>\n<c/>', 'format.syntax 2:4'],
    ['a closing tag of nothing', '<a/>\n</a>', 'format.syntax 2:1'],
    ['an attribute twice', '<a>\n<b x="1" x="2"/></a>', 'format.duplicate_key 2:10'],
    ['an open comment', '<a><!-- </a>', 'format.syntax 1:4'],
    ['dashes in a comment', '<a><!-- x -- y --></a>', 'format.syntax 1:11'],
    ['an open CDATA', '<a><![CDATA[ </a>', 'format.syntax 1:4'],
    [']]> in a text', '<a>]]></a>', 'format.syntax 1:4'],
    ['a control character', '<a>\u0001</a>', 'format.syntax 1:4'],
    ['a control character by number', '<a>&#0;</a>', 'format.syntax 1:4'],
    ['a late declaration', '\n<?xml version="1.0"?><a/>', 'format.syntax 2:1'],
    ['a declaration without a version', '<?xml foo="1"?><a/>', 'format.syntax 1:1'],
    ['an instruction that has no name', '<a>\n<?-- x?></a>', 'format.syntax 2:3'],
    ['an instruction whose name does not end', '<a>\n<?p?q x?></a>', 'format.syntax 2:1'],
    ['an element that has no name', '<a>\n<1b/></a>', 'format.syntax 2:2'],
    ['an attribute that has no name', '<a>\n<b c="1" 2d="x"/></a>', 'format.syntax 2:10'],
    ['a place behind an instruction', "<a>\n<?p it's ?><b></a>", 'format.syntax 2:15'],
    ['another encoding', '<?xml version="1.0" encoding="latin1"?><a/>', 'format.syntax 1:1'],
    ['depth', '<a>'.repeat(80), 'format.too_deep 1:193'],
  ])('%s', async (_name, text, place) => expect(await refusal(text)).toBe(place))

  it('names the line of an attribute that is given again', async () =>
    expect((await errorOf('f.xml', '<a\n  x="1"\n  y="x"\n  x="2"/>')).message).toBe('The key "@x" was already given in line 2.'))
  it.each(['<a x="1" y="a<b"/>', "<a x='1' y = 'a<b'/>", '<a x="1" y="a/>\n<b z="2"/>'])(
    'says how to write what an attribute must not hold: %j',
    async (text) => {
      const { place, remedy } = await errorOf('f.xml', text)
      expect(place).toMatchObject({ line: 1, column: 10 })
      expect(remedy).toContain('`&lt;`')
    },
  )
})
