import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// Workspace packages resolve to their sources, so that a test runs against what is on the screen and not against the last build.
const conditions = ['source', 'node', 'module']

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{libs,apps,queues,test}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: ['test/servers/global-setup.ts'],
    // Ends what hangs and proves nothing: longer than what the waits of a test may take together on a machine that is slow and busy.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
})
