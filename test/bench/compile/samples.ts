import type { Format } from '@vartrack/formats'

/** Settings of one service, as they are found in files. */
type Settings = readonly (readonly [key: string, value: string | number | boolean])[]

function settingsOf(index: number): Settings {
  return [
    ['host', `db-${index}.internal.example.com`],
    ['port', 5432 + index],
    ['ratio', index + 0.5],
    ['enabled', index % 2 === 0],
    ['description', 'value of a setting, as it is found in files '.repeat(1 + (index % 2)).trim()],
    ['path', `/var/lib/service/${index}`],
    ['level', 'info'],
    ['timeout', 30],
    ['url', `https://example.com/${index}`],
    ['owner', 'team'],
  ]
}

type Writer = (service: string, settings: Settings) => string
const lines = (settings: Settings, line: (key: string, value: string, json: string) => string) =>
  settings.map(([key, value]) => line(key, String(value), JSON.stringify(value))).join('')

const WRITERS: Readonly<Record<Exclude<Format, 'json'>, Writer>> = {
  yaml: (service, settings) => `${service}:\n${lines(settings, (key, value) => `  ${key}: ${value}\n`)}`,
  toml: (service, settings) => `[${service}]\n${lines(settings, (key, _value, json) => `${key} = ${json}\n`)}`,
  env: (service, settings) => lines(settings, (key, _value, json) => `${service.replaceAll('-', '_')}_${key}=${json}\n`),
  ini: (service, settings) => `[${service}]\n${lines(settings, (key, value) => `${key} = ${value}\n`)}`,
  hcl: (service, settings) => `${service} {\n${lines(settings, (key, _value, json) => `  ${key} = ${json}\n`)}}\n`,
  xml: (service, settings) => `  <${service}>\n${lines(settings, (key, value) => `    <${key}>${value}</${key}>\n`)}  </${service}>\n`,
  properties: (service, settings) => lines(settings, (key, value) => `${service}.${key}=${value}\n`),
}

/** A file of a format with at least so many bytes. */
export function sample(format: keyof typeof WRITERS, bytes: number): Buffer {
  const services: string[] = []
  for (let length = 0, index = 0; length < bytes; index += 1) {
    const service = WRITERS[format](`service-${index}`, settingsOf(index))
    length += service.length
    services.push(service)
  }
  const body = services.join('')
  return Buffer.from(format === 'xml' ? `<config>\n${body}</config>\n` : body)
}
