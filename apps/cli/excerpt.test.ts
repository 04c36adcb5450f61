import { describe, expect, it } from 'vitest'
import { excerptOf } from './excerpt.js'

const shown = (line: string, message: string, place = { line: 1, column: 1 }) =>
  excerptOf({ bytes: Buffer.from(line), secrets: 'anywhere' }, { message, place })?.line

const pointed = (line: string, message: string, column: number) => {
  const excerpt = excerptOf({ bytes: Buffer.from(line), secrets: 'texts' }, { message, place: { line: 1, column } })
  return excerpt && `${excerpt.line}\n${excerpt.before}^`
}

describe('the excerpt of a source that may hold secrets', () => {
  it.each([
    ['  port: x', 'db.port: expected int, got "x".'],
    ['{"port": "x"},', 'db.port: expected int, got "x".'],
    ['- db.port = 1.5', 'db.port: expected int, got 1.5.'],
    ['  }', 'The text ends.'],
  ])('is there where the message says all of the line: %s', (line, message) => expect(shown(line, message)).toBe(line))

  it.each([
    ['{"pw":"hunter2","port":"x"}', 'port: expected int, got "x".'],
    ['hunter2", port: x', 'port: expected int, got "x".'],
    ['port: x # hunter2', 'port: expected int, got "x".'],
    ['port: {production: x, staging: hunter2}', 'port: expected int, got "x".'],
    ['x: port', 'port: expected int, got "x".'],
    ['pw: hunter2', 'pw: expected string, got ***.'],
    ['  1', 'pins.1: expected string, got ***.'],
    ['pw: !!', 'pw: expected string, got ***.'],
  ])('is left out where the line holds anything else: %s', (line, message) => expect(shown(line, message)).toBeUndefined())
})

describe('the caret under a line', () => {
  it.each([
    ['"名前": oops', 7, 8],
    ['"🙂": oops', 6, 6],
    ['"é": oops', 6, 5],
    ['"👩‍💻": oops', 8, 6],
  ])('stands below its place, however wide the characters before it are: %s', (line, column, width) => {
    const excerpt = excerptOf({ bytes: Buffer.from(line), secrets: 'nowhere' }, { message: '', place: { line: 1, column } })
    expect(excerpt?.before).toBe(' '.repeat(width))
  })
})

describe('the excerpt of a bundle', () => {
  it.each([
    ['  rulse: [{datasource: "redis"}] // hunter2', 'rulse: no such field.', 3, '  rulse: [{datasource: "***"}] \n  ^'],
    [
      'github: {secret: "hunter2", tiemout: "5s"}',
      'tiemout: no such field.',
      29,
      'github: {secret: "***", tiemout: "***"}\n                        ^',
    ],
    ['datasource: "rediss"', 'The datasource "rediss" is not known.', 13, 'datasource: "rediss"\n            ^'],
    ['secret: "a\\"hunter2", x: 1 / 2', 'x: wrong.', 23, 'secret: "***", x: 1 / 2\n               ^'],
    ['secret: "hunter2"', 'secret: wrong.', 12, 'secret: "***"\n        ^'],
    ["secret: 'hunter2', x: 1", 'x: wrong.', 20, "secret: '***', x: 1\n               ^"],
  ])('has none of its texts but those that the message says: %s', (line, message, column, shown) => {
    expect(pointed(line, message, column)).toBe(shown)
  })

  it.each(['secret: "hunter2', 'secret: #"hunter2"#', 'secret: """hunter2', "hunter2', x: 1"])(
    'is left out where a text may end elsewhere: %s',
    (line) => {
      expect(pointed(line, 'x: wrong.', 1)).toBeUndefined()
    },
  )
})
