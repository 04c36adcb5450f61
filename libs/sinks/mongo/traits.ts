/** A document may have 16 MiB; a value leaves room for the text beside it, for its key twice, and for the stamp. */
export const limits = { keyBytes: 16 * 1024, valueBytes: 7 * 1024 * 1024, batchBytes: 256 * 1024 * 1024 } as const

/** One transaction: MongoDB advises against more than 1,000 changed documents, and ends what takes more than 60 s. */
export const TRANSACTION = { records: 1000, bytes: 8 * 1024 * 1024 } as const

/** One bulk: as much as may be written between two looks at the fence. */
export const BULK = { records: 10_000, bytes: 16 * 1024 * 1024 } as const
