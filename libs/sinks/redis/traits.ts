const MEBIBYTE = 1024 * 1024

/**
 * Redis itself takes 512 MB a string (proto-max-bulk-len). One script holds its whole write in memory and blocks the server meanwhile,
 * some 2 s for the most allowed here.
 */
export const limits = { keyBytes: 64 * 1024, valueBytes: 64 * MEBIBYTE, batchBytes: 256 * MEBIBYTE } as const
