import { describe, expect, it } from 'vitest'
import { excerptOf } from './excerpt.js'

const shown = (line: string, message: string, place = { line: 1, column: 1 }) =>
  excerptOf({ bytes: Buffer.from(line), confidential: true }, { message, place })?.line

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
