import { followsGitHub } from './github-shape.js'

/** Gitea; payloads follow GitHub's shape (docs.gitea.com, "Webhooks"), the signature is bare hex. */
export const gitea = followsGitHub({
  deliveryHeader: 'x-gitea-delivery',
  updating: ['opened', 'reopened', 'synchronized', 'edited'],
  signature({ signatureHeader }) {
    const header = signatureHeader.toLowerCase()
    return { header, prefix: header === 'x-hub-signature-256' ? 'sha256=' : '', weakHeader: 'x-hub-signature' }
  },
})
