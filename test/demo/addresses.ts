import { existsSync } from 'node:fs'
import type { Stage } from './stage.js'

const ZOOKEEPER_CLI = '/usr/share/zookeeper/bin/zkCli.sh'

/** What a person needs to know to try things: where everything is, and how to look into each store. */
export function addresses({ chain, token }: Stage): string {
  const { varTrack, repository, servers } = chain
  return sections([
    [
      'Yours to try',
      [
        ['Git', `git clone ${repository.url}`, 'edit configs/app.yaml, commit, git push'],
        ['rules', varTrack.configPath, 'edit and save: it is loaded again'],
      ],
    ],
    [
      'varTrack',
      [
        ['webhook', `${varTrack.url}/webhooks`, 'what the Git host calls after a push'],
        ['Bull Board', `${varTrack.url}/admin/queues?token=${token}`, 'every job'],
        ['metrics', `${varTrack.adminUrl}/metrics`, ''],
      ],
    ],
    [
      'The stores (or press Enter here: the demo looks into all three)',
      [
        ['Redis', `redis-cli -p ${servers.redis.port} -n 1 hgetall production:app`, ''],
        ['MongoDB', `mongosh ${servers.mongo.url}vartrack --eval 'db.getCollection("production-app").find()'`, ''],
        [
          'ZooKeeper',
          `${existsSync(ZOOKEEPER_CLI) ? ZOOKEEPER_CLI : 'zkCli.sh'} -server ${servers.zookeeper.url} get /production/app/database.host`,
          '',
        ],
      ],
    ],
  ])
}

type Line = readonly [name: string, address: string, hint: string]

function sections(all: readonly (readonly [title: string, lines: readonly Line[]])[]): string {
  return all
    .map(([title, lines]) => [title, ...lines.map(([name, address, hint]) => `  ${name.padEnd(11)} ${address}${hint && `   (${hint})`}`)].join('\n'))
    .join('\n\n')
}
