import { type Disposition, VarTrackError } from '@vartrack/errors'

interface Kind {
  readonly pattern: RegExp
  readonly code: string
  readonly message: string
  readonly remedy: string
  readonly disposition: Disposition
}

const RETRY: Disposition = { kind: 'retry' }
const STALL: Disposition = { kind: 'stall' }

/** What git says on standard error (with LC_ALL=C), most telling first. */
const KINDS: readonly Kind[] = [
  {
    pattern: /couldn't find remote ref|no such remote ref/i,
    code: 'git.ref_missing',
    message: 'The ref is not at the remote.',
    remedy: 'It was deleted or renamed; nothing to do if that was meant.',
    disposition: STALL,
  },
  {
    pattern: /not a valid object name|not a tree object|bad object|unable to read tree|not our ref/i,
    code: 'git.commit_missing',
    message: 'The commit is not in the Git cache.',
    remedy: 'Plan again: the ref may have moved.',
    disposition: { kind: 'replan' },
  },
  {
    pattern: /Authentication failed|could not read (Username|Password)|error: 40[13]|Permission denied \(|Host key verification failed/i,
    code: 'git.auth',
    message: 'The Git host refused the credentials.',
    remedy: 'Check the token of the platform in the bundle: it must be valid and may read the repository.',
    disposition: STALL,
  },
  {
    pattern: /repository .* not found|error: 404|does not appear to be a git repository/i,
    code: 'git.repository_missing',
    message: 'The Git host does not know the repository, or hides it from these credentials.',
    remedy: "Check the repository's name and that the platform's token may read it.",
    disposition: STALL,
  },
  {
    pattern: /error: 429/i,
    code: 'git.rate_limited',
    message: 'The Git host asks for fewer requests.',
    remedy: 'Nothing to do: it is tried again later.',
    disposition: { kind: 'wait', afterMs: 30_000 },
  },
  {
    pattern: /error: 3\d\d|unable to update url base from redirection/i,
    code: 'git.redirect',
    message: 'The Git host answered with a redirect, which is not followed because it would carry the token elsewhere.',
    remedy: "Put the final address into the platform's endpoint.",
    disposition: STALL,
  },
  {
    pattern: /SSL|certificate|gnutls_handshake/i,
    code: 'git.tls',
    message: 'The TLS connection to the Git host could not be trusted.',
    remedy: 'Install the certificate authority of the host, or set verify_ssl: false for a test.',
    disposition: STALL,
  },
  {
    pattern: /transport '.*' not allowed|protocol '.*' is not supported/i,
    code: 'git.unsafe_url',
    message: 'The transport of the repository address is not allowed.',
    remedy: 'Use http, https or ssh.',
    disposition: STALL,
  },
  {
    pattern: /No space left on device|Disk quota exceeded|File too large/i,
    code: 'git.disk_full',
    message: 'The disk of the Git cache is full, or a limit of the process is.',
    remedy: 'Free space in GIT_CACHE_DIR; deleting it is safe.',
    disposition: RETRY,
  },
  {
    pattern: /EMFILE|ENFILE|EAGAIN|ENOMEM|Too many open files|Cannot allocate memory|Resource temporarily unavailable|unable to create thread/i,
    code: 'git.no_resources',
    message: 'The machine gives git no more files, processes or memory.',
    remedy: 'Raise the limits of the process (ulimit -n, ulimit -u) or lower VT_CONCURRENCY; it is tried again.',
    disposition: RETRY,
  },
  {
    pattern: /ENOENT/,
    code: 'git.not_installed',
    message: 'git could not be started.',
    remedy: 'Install git 2.34 or newer, and keep the Git cache directory in place.',
    disposition: STALL,
  },
]

const UNREACHABLE: Kind = {
  pattern:
    /unable to access|Could not resolve|Failed to connect|Connection (refused|reset|timed out)|error: 5\d\d|RPC failed|early EOF|hung up|disconnect|index-pack|unpack|bad pack|invalid|expected/i,
  code: 'git.unreachable',
  message: 'The Git host could not be reached, or its answer broke off.',
  remedy: 'Check that the host is up; it is tried again.',
  disposition: RETRY,
}

/** The error of a git command that ended badly. */
export function gitFailure(command: string, stderr: string): VarTrackError {
  const kind = [...KINDS, UNREACHABLE].find((each) => each.pattern.test(stderr))
  const said = lastWords(stderr)
  if (kind === undefined) {
    const remedy = 'It is tried again; run the command by hand in GIT_CACHE_DIR if it stays so. Deleting that directory is safe.'
    return new VarTrackError({ code: 'git.failed', message: `git ${command} failed: ${said}`, remedy, disposition: RETRY })
  }
  return new VarTrackError({
    code: kind.code,
    message: `${kind.message} git ${command} said: ${said}${/[.!?]$/.test(said) ? '' : '.'}`,
    remedy: kind.remedy,
    disposition: kind.disposition,
  })
}

/** What the file system says of the cache, as an error that is tried again; anything else stays what it is. */
export function cacheFailure(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || !('syscall' in thrown)) return thrown
  const kind = KINDS.find(({ code, pattern }) => OF_THE_MACHINE.includes(code) && pattern.test(thrown.message))
  return new VarTrackError({
    code: kind?.code ?? 'git.cache',
    message: `${kind?.message ?? 'The Git cache cannot be used.'} ${thrown.message}.`,
    remedy: kind?.remedy ?? 'Make GIT_CACHE_DIR a directory that varTrack may write; deleting what lies in it is safe.',
    disposition: RETRY,
    cause: thrown,
  })
}

const OF_THE_MACHINE = ['git.disk_full', 'git.no_resources']

/** The fatal or error line, without terminal escapes; progress lines are dropped. */
function lastWords(stderr: string): string {
  const lines = stderr.split(/[\r\n]+/).filter((line) => line.trim() !== '')
  const telling = lines.findLast((line) => /^(fatal|error|remote: error)/.test(line)) ?? lines.at(-1) ?? 'nothing'
  return Array.from(telling.slice(0, 300))
    .filter((character) => character >= ' ' && character !== '\u007f')
    .join('')
}
