import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cachedFolder, fillOnce } from './cache.mjs'
import { root } from './paths.mjs'
import { run } from './run.mjs'

const SOURCES = join(root, 'test', 'servers', 'mongo-java')

/** @returns {Promise<string>} the class path of mongo-java-server and our `Main` */
export async function mongoJavaClassPath() {
  return join(await folder(), '*')
}

export async function isMongoJavaBuilt() {
  return existsSync(await folder())
}

/** Fetches the server's jars with Maven, and compiles our main class beside them. */
export async function buildMongoJava() {
  await fillOnce(await folder(), async (into) => {
    const goal = ['-B', '-f', join(SOURCES, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${into}`]
    await run('mvn', goal)
    const classes = join(into, 'classes')
    await run('javac', ['--release', '17', '-d', classes, '-cp', join(into, '*'), join(SOURCES, 'Main.java')])
    await run('jar', ['--create', '--file', join(into, 'main.jar'), '-C', classes, '.'])
  })
}

function folder() {
  return cachedFolder('mongo-java', '1.47.0', [join(SOURCES, 'pom.xml'), join(SOURCES, 'Main.java')])
}
