import { describe, expect, it } from 'vitest'
import { checkTools, judgeAnswer, TOOLS } from './tools.mjs'

const said = (output: string, code: number | null = 0) => ({ code, output })

describe('what set-up says about the tools of a machine', () => {
  it('is nothing where all are there', () => expect(checkTools()).resolves.toBeUndefined())

  it('takes the version of Java from its own line, not from options that it picked up', () => {
    const picked = 'Picked up JAVA_TOOL_OPTIONS: -Dhttp.proxyHost=10.0.0.1 -Xmx512m\n'
    expect(judgeAnswer(tool('Java'), said(`${picked}openjdk version "17.0.17" 2025-10-21\n`))).toBeUndefined()
    expect(judgeAnswer(tool('Java'), said(`${picked}openjdk version "11.0.2" 2019-01-15\n`))).toBe(
      'Java 17 or later; 11.0.2 is there. Debian: apt-get install default-jdk-headless',
    )
  })

  it('compares versions by their numbers', () => {
    expect(judgeAnswer(tool('Go'), said('go version go1.26.3 linux/amd64'))).toBeUndefined()
    expect(judgeAnswer(tool('Go'), said('go version go1.9 linux/amd64'))).toMatch(/^Go 1\.26 or later; 1\.9 is there\./)
    expect(judgeAnswer(tool('Node'), said('v22.1.0'))).toBeUndefined()
  })

  it('tells one that is missing from one that is there and does not work', () => {
    expect(judgeAnswer(tool('Rust'), said('spawn cargo ENOENT', null))).toBe('Rust 1.90 or later. Install Rust with rustup (https://rustup.rs).')
    expect(judgeAnswer(tool('pip'), said('/usr/bin/python3: No module named pip\n', 1))).toBe(
      'pip 20 or later; `python3 -m pip --version` says: /usr/bin/python3: No module named pip. Debian: apt-get install python3-pip',
    )
  })

  it('tells a rustup without a toolchain what it needs, with one full stop', () => {
    const why = "error: rustup could not choose a version of cargo to run, because one wasn't specified explicitly, and no default is configured"
    for (const output of [`${why}.\nhelp: run 'rustup default stable'`, `${why}\n`, 'error: no default toolchain is configured.\n']) {
      expect(judgeAnswer(tool('Rust'), said(output, 1))).toMatch(
        /^Rust 1\.90 or later; `cargo --version` says: error: .*configured\. Run `rustup default stable`\.$/,
      )
    }
    expect(judgeAnswer(tool('Rust'), said('error: broken\n', 1))).toMatch(/ says: error: broken\. Install Rust with rustup/)
  })
})

function tool(name: string) {
  const found = TOOLS.find((one) => one.name === name)
  if (!found) throw new Error(`There is no tool ${name}`)
  return found
}
