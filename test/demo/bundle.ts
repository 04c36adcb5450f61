/** What the file has to name. */
export interface Addresses {
  readonly gitUrl: string
  readonly servers: {
    readonly redis: { readonly port: number }
    readonly mongo: { readonly url: string }
    readonly zookeeper: { readonly url: string }
  }
}

/** The `config.cue` of the demo: the one a newcomer reads, copies from and edits. README.md shows it without its comments; a test holds the two together. */
export function bundleText({ gitUrl, servers }: Addresses): string {
  return `bundle: {
  // Where commits come from. The secret signs each webhook; it is read from the environment.
  platforms: [{github: {endpoint: "${gitUrl}", secret: {env: "HOOK_SECRET"}}}]

  // The stores. A rule calls each by its type (or type-tag, when there are several of a type).
  datasources: [
    {redis: {host: "127.0.0.1", port: ${servers.redis.port}, db: 1}},
    {mongo: {endpoint: "${servers.mongo.url}", database: "vartrack"}},
    {zookeeper: {hosts: ["${servers.zookeeper.url}"]}},
  ]

  // How often the stores are compared with Git. Where you do not say: every minute.
  poll_interval: "2s"

  // What all rules here have in common. A name that begins with _ is your own; varTrack does not see it.
  _acme: {
    platform:     "github"
    repositories: ["acme/*"]             // globs over owner/name
    branch_map:   {main: "production"}   // branch to environment: what {env} below stands for
    prune:        true                   // a key that leaves the file leaves the store
    self_heal:    true                   // what somebody changes behind Git's back is put back
  }

  // One rule, one sentence: this file goes to that place. A push runs every rule that fits.
  rules: [
    _acme & {file_name: "configs/app.yaml", datasource: "redis", destination_template: "{env}:app"},
    _acme & {file_name: "configs/app.yaml", datasource: "mongo", destination_template: "{env}-app"},
    _acme & {file_name: "configs/app.yaml", datasource: "zookeeper", destination_template: "/{env}/app"},
  ]
}
`
}
