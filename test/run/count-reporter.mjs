import { writeFileSync } from 'node:fs'

/** @typedef {import('vitest/node').TestModule | import('vitest/node').TestSuite} Group */

/**
 * A reporter of vitest that writes how much passed and failed to the file `VT_COUNTS_FILE` names. A file or `describe` that failed outside of its tests (in a
 * hook, or while it was loaded) is one failure, and so is each error that no test caught: vitest's own numbers leave both out.
 */
export default class CountReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} unhandled
   */
  onTestRunEnd(modules, unhandled) {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const groups = modules.flatMap((module) => /** @type {Group[]} */ ([module, ...module.children.allSuites()]))
    const passed = tests.filter((test) => test.result().state === 'passed').length
    const failed = tests.filter((test) => test.result().state === 'failed').length + groups.filter((group) => group.errors().length > 0).length
    writeFileSync(process.env['VT_COUNTS_FILE'] ?? 'counts.json', JSON.stringify({ passed, failed: failed + unhandled.length }))
  }
}
