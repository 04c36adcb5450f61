import { describe, expect, it } from 'vitest'
import { errorOf, jsonOf } from './testing.js'

describe('the refusal of a file', () => {
  it.each([
    ['.env', 'KEY=-----BEGIN KEY-----\nhunter2\n-----END KEY-----\n', 'a line of a value that is not in quotes'],
    ['.env', 'A B=hunter2\n', 'a line whose name is none'],
    ['.env', "A='x' hunter2\n", 'text behind a quote'],
    ['f.yaml', 'p: !hunter2\n', 'a tag'],
    ['f.yaml', 'p: !hunter2 [1]\n', 'the tag of a list'],
    ['f.yaml', 'p: !!hunter2 x\n', 'a tag that looks like one of the core'],
    ['f.yaml', 'p: !hun!hunter2\n', 'a tag with a handle'],
    ['f.yaml', 'p: !<!hunter2 x\n', 'a tag that is written out'],
    ['f.yaml', 'p: *hunter2\n', 'an alias'],
    ['f.yaml', 'p: &hunter2 [*hunter2]\n', 'an alias inside its anchor'],
    ['f.yaml', '%hunter2\n---\na: 1\n', 'a directive'],
    ['f.yaml', '%YAML hunter2\n---\na: 1\n', 'a version'],
    ['f.yaml', 'p: |hunter2\n', 'the header of a block'],
    ['f.yaml', 'p: "\\hunter2"\n', 'an escape'],
    ['f.yaml', 'p: "\\Uhunter2x"\n', 'an escape by number'],
    ['f.yaml', 'p: !!int hunter2\n', 'a value that its tag does not fit'],
    ['f.yaml', 'p: "x" hunter2\n', 'text behind a quote'],
    ['f.toml', 'p = hunter2\n', 'a value without quotes'],
    ['f.toml', 'p = "hunter2\n', 'an open quote'],
    ['f.toml', 'p = "x" hunter2\n', 'text behind a quote'],
    ['f.xml', '<p>x<1hunter2</p>', 'what follows a less-than sign'],
    ['f.xml', '<p>x<hunter2></p>', 'an element that is part of a text'],
    ['f.xml', '<p>x</hunter2></p>', 'a closing tag that is part of a text'],
    ['f.xml', '<p>x</p></hunter2>', 'a closing tag of nothing'],
    ['f.xml', '<p>x<hunter2>', 'an element that is never closed'],
    ['f.xml', '<p x="1" 1hunter2="y"/>', 'an attribute that has no name'],
    ['f.xml', '<p>&hunter2;</p>', 'an entity'],
    ['f.ini', 'p=a "hunter2"\n', 'a quote'],
    ['f.properties', 'p=\\uhunter2\n', 'an escape'],
  ])('repeats nothing of a value (%s, %j): %s', async (path, text) => {
    const { message, remedy } = await errorOf(path, text)
    expect(`${message} ${remedy}`).not.toMatch(/hunter|\\[hxU]/)
  })

  it('names a variable that is exported without a value: that can be no part of one', async () =>
    expect((await errorOf('.env', 'export TOKEN\n')).message).toBe('The variable TOKEN has no value.'))
  it('says of a line without `=` that it has none', async () => {
    const { message, remedy } = await errorOf('.env', 'KEY=-----BEGIN KEY-----\nMIIEvQIBADAN\n')
    expect(message).toBe('The line is no assignment: it has no `=`.')
    expect(remedy).toContain('in quotes')
  })
  it('says in which line the XML element begins that has to be closed', async () =>
    expect((await errorOf('f.xml', '<a>\n<b>\n</a>')).message).toContain('the element of line 2 has to be closed first'))
})

const FILES = {
  'f.yaml': 'a: hunter\nb: "hunter x"\nc:\n  - \'hunter\'\nd: |\n  hunter\n  hunter\ne: {f: hunter, g: [hunter]}\n',
  'f.toml': 'a = "hunter"\nb = \'hunter\'\n[t]\nc = ["hunter"]\nd = {e = "hunter"}\nf = """\nhunter\nhunter"""\n',
  '.env': 'A=hunter\nB="hunter\nhunter"\nexport C=\'hunter hunter\'\nD=x hunter # y\n',
  'f.ini': 'a=hunter\n[s]\nb = hunter hunter\n[s.t]\nc=hunter\n',
  'f.properties': 'a=hunter\nb: hunter \\\n  hunter\nc hunter\\u0041hunter\n',
  'f.xml': '<a x="hunter" y=\'hunter\'><b>hunter</b><c><![CDATA[hunter]]></c><d z="1">hunter &amp; hunter</d></a>',
}
const SIGNS = ['\n', '"', "'", '=', ':', '#', '!', '&', '*', '%', '@', '|', '[', '}', '<', '/', '\\', '1']

describe('a file with one sign too many or too few', () => {
  it.each(Object.entries(FILES))('is read, or refused without a word of its values: %s', async (path, text) => {
    const broken = Array.from(text, (_, at) => [
      text.slice(0, at) + text.slice(at + 1),
      ...SIGNS.map((sign) => text.slice(0, at) + sign + text.slice(at)),
    ])
    const messages = await Promise.all(broken.flat().map((file) => jsonOf(path, file).then(() => '', String)))
    expect(messages.filter((message) => message !== '').length).toBeGreaterThan(50)
    expect(messages.filter((message) => /hunt|nter/.test(message))).toEqual([])
  })
})
