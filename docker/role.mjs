// Starts the process of varTrack that the container's command names.
const ROLES = ['ingress', 'planner', 'writer', 'watcher', 'standalone']
const [role = ''] = process.argv.slice(2)
if (ROLES.includes(role)) {
  await import(`../apps/${role}/dist/main.js`)
} else {
  console.error(`There is no process called ${JSON.stringify(role)}. The command is one of: ${ROLES.join(', ')}.`)
  process.exitCode = 64
}
