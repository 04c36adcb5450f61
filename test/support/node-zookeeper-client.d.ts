declare module 'node-zookeeper-client' {
  export interface Client {
    once(event: 'connected', listener: () => void): void
    connect(): void
    close(): void
    getChildren(path: string, done: (error: Error | null, names: string[]) => void): void
    getData(path: string, done: (error: Error | null, data: Buffer | undefined) => void): void
    setData(path: string, data: Buffer, version: number, done: (error: Error | null) => void): void
    remove(path: string, version: number, done: (error: Error | null) => void): void
    create(path: string, data: Buffer, done: (error: Error | null) => void): void
    transaction(): Transaction
  }
  export interface Transaction {
    create(path: string, data: Buffer): Transaction
    commit(done: (error: Error | null, results: unknown) => void): void
  }
  const zookeeper: { createClient(hosts: string, options?: { sessionTimeout?: number }): Client }
  export default zookeeper
}
