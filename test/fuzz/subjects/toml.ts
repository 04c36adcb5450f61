import { fileSubject } from '../file-subject.js'

export const subject = fileSubject({
  format: 'toml',
  endings: ['.toml'],
  seeds: [
    'title = "x"\n[a.b]\nc = [1, 2.50, 0xFF, 1_000]\nd = 1979-05-27T07:32:00Z\ne = """\nlines\\\n  more"""\nf = \'\'\'raw\'\'\'\n',
    '[[t]]\nx = {a.b = 1, "c d" = [ # note\n true,\n ]}\n[[t]]\n[t.u]\ny = -inf\n',
    'a.b.c = 1\n"a"."d" = -0.0\n\'e\' = 5e+22\nf = 07:32:00\n',
  ],
  words: [
    '[',
    ']]',
    '[[a]]\n',
    '[a.b]\n',
    ' = ',
    '"""',
    "'''",
    '\\u00e9',
    '1979-05-27 07:32',
    'inf',
    'nan',
    '0b11',
    '_',
    '+1',
    '{a = ',
    ',\n',
    '# c\n',
    'a.b = 1\n',
  ],
})
