import type { Command, Option } from 'commander'
import { nameOf } from './usage-error.js'

/**
 * The arguments with `--frmat=yaml` as `--frmat`, where no command has such an option: commander compares all of it with the names it knows, and would not
 * say which was meant. Known options, and what follows one that takes a value, stay as they are.
 */
export function withoutStrangers(args: readonly string[], program: Command): string[] {
  const known = [program, ...commandsBelow(program)].flatMap(({ options }) => options)
  const end = args.includes('--') ? args.indexOf('--') : args.length
  return args.map((argument, index) => {
    const isOption = index < end && /^--[^=]+=/.test(argument) && !takesNext(args[index - 1], known)
    return isOption && !known.some(({ long }) => long === nameOf(argument)) ? nameOf(argument) : argument
  })
}

function commandsBelow({ commands }: Command): Command[] {
  return commands.flatMap((command) => [command, ...commandsBelow(command)])
}

function takesNext(argument: string | undefined, known: readonly Option[]): boolean {
  return known.some(({ long, short, required }) => required && argument !== undefined && (argument === long || argument === short))
}
