import { VarTrackError } from '@vartrack/errors'

/** The flags that say what a placeholder stands for. */
const FLAGS: Readonly<Record<string, string>> = { env: '--env', tenant: '--tenant', repo: '--repo', branch: '--branch' }

/**
 * What vt says of a constant whose placeholder is not known: it stands in the rule, and a flag may give it.
 * @param rule the rule's file, as it was read
 */
export async function unresolvedConstant(error: unknown, rule: { readonly file: string; readonly bytes: Buffer }): Promise<unknown> {
  if (!(error instanceof VarTrackError) || error.code !== 'template.unresolved') return error
  const { code, message, details } = error
  const { constant = '', placeholder = '' } = details
  const flag = FLAGS[placeholder]
  const remedy =
    flag === undefined
      ? `vt knows no {${placeholder}}; take the constant out to see the rest.`
      : `Say what {${placeholder}} stands for, with ${flag}.`
  const { placeInRuleFile } = await import('@vartrack/bundle/rule-file')
  return new VarTrackError({ code, message, remedy, details, place: placeInRuleFile(rule.bytes, rule.file, ['variables_map', String(constant)]) })
}
