import { followsGitHub } from './github-shape.js'

/** Gitea and its kin send GitHub's headers beside their own. */
const KIN = ['x-gitea-event', 'x-forgejo-event', 'x-gogs-event']

/** github.com and GitHub Enterprise Server. Payloads: docs.github.com, "Webhook events and payloads". */
export const github = followsGitHub({
  deliveryHeader: 'x-github-delivery',
  updating: ['opened', 'reopened', 'synchronize', 'edited'],
  signature: ({ signatureHeader }) => ({ header: signatureHeader.toLowerCase(), prefix: 'sha256=', weakHeader: 'x-hub-signature' }),
  isKin: (headers) => KIN.some((name) => name in headers),
})
