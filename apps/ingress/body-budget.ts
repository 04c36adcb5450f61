/**
 * The memory that bodies being read may take, over all requests of a door. When it is used up the body that has been read for longest makes room: an honest one is
 * here within milliseconds, so those who send slowly make room for one another and not for whoever comes next.
 */
export interface BodyBudget {
  /** Lets a body in. @param makeRoom ends its reading, and calls `leave` */
  enter(makeRoom: () => void): BodyShare
}

/** What one body has of the budget. */
export interface BodyShare {
  /** May end bodies to make room, this one too. */
  take(bytes: number): void
  /** Gives everything back. */
  leave(): void
}

/** @param bytes in all */
export function createBodyBudget(bytes: number): BodyBudget {
  // In the order in which they came.
  const reading = new Set<() => void>()
  let left = bytes
  const spend = (amount: number) => {
    left -= amount
    for (const makeRoom of reading) {
      if (left >= 0) return
      makeRoom()
    }
  }
  return {
    enter(makeRoom) {
      let held = 0
      reading.add(makeRoom)
      return {
        take(amount) {
          held += amount
          spend(amount)
        },
        leave() {
          left += held
          held = 0
          reading.delete(makeRoom)
        },
      }
    },
  }
}
