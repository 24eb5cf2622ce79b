import { readonly, shallowRef } from 'vue'

export interface Question {
  title: string
  text: string
  /** The word on the button that does it: "Delete", not "OK". */
  action: string
  danger?: boolean
  /** For what cannot be undone: this must be typed first. */
  typed?: string
  /** Further lines, such as what will be affected. */
  details?: string[]
}

interface Pending extends Question {
  answer: (yes: boolean) => void
}

const pending = shallowRef<Pending | null>(null)

export function pendingQuestion() {
  return readonly(pending)
}

/** Asks before something is done: `if (await confirm({…}))`. */
export function useConfirm() {
  return function confirm(question: Question): Promise<boolean> {
    pending.value?.answer(false)
    return new Promise((resolve) => {
      const answer = (yes: boolean): void => {
        pending.value = null
        resolve(yes)
      }
      pending.value = { ...question, answer }
    })
  }
}
