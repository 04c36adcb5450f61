/** The server takes 1,048,575 bytes a packet (jute.maxbuffer): values leave room for their path and their fence. */
export const limits = { keyBytes: 16 * 1024, valueBytes: 960_000, batchBytes: 64 * 1024 * 1024 } as const

/** What one multi may hold, by our own reckoning of its bytes. */
export const MULTI_BYTES = 900_000
