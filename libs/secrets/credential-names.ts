/** Whole names, letters and digits only, in lower case. */
const NAMES = new Set(['authorization', 'cookie', 'setcookie', 'credentials', 'pwd', 'xhubsignature256', 'gitscmsignature'])

/** Ends of names: `sudo_password`, `X-Vault-Token`, `clientSecret`, `X-Hub-Signature`. */
const ENDINGS =
  /(?:password|passwd|passphrase|secret|token|apikey|privatekey|secretkey|secretaccesskey|accesskeyid|signature|credential|authorization)$/

/**
 * Is a field or header of this name a credential, whatever its value looks like?
 * @param name in any spelling: `X-Hub-Signature-256`, `secret_access_key`, `clientSecret`
 */
export function isCredentialName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  return NAMES.has(plain) || ENDINGS.test(plain)
}
