import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bundle } from '@vartrack/bundle'
import { expect, it } from 'vitest'
import { eventually } from '../../test/support/eventually.js'
import { temporaryDirectory } from '../../test/support/temporary-directory.js'
import { openBundle } from './bundle-holder.js'

it('a bundle that is mended to what is in force is told of, once', async () => {
  await using directory = await temporaryDirectory('bundle')
  const path = join(directory.path, 'config.cue')
  const told: string[] = []
  const save = async (text: string, then: readonly string[]) => {
    // As editors do it: a file that is emptied and then written could be read between the two.
    await writeFile(`${path}.new`, text)
    await rename(`${path}.new`, path)
    await eventually(() => told.length >= then.length)
    expect(told).toEqual(then)
  }
  await writeFile(path, 'one')
  const holder = await openBundle({
    path,
    load: async (source) => {
      if (String(source) === 'broken') throw new Error('does not load')
      return { digest: String(source) } as Bundle
    },
    onReload: ({ digest }) => told.push(`${digest} is in force`),
    onRefused: () => told.push('refused'),
    onMended: () => told.push('mended'),
  })
  await save('broken', ['refused'])
  await save('one', ['refused', 'mended'])
  await save('two', ['refused', 'mended', 'two is in force'])
  holder.close()
})
