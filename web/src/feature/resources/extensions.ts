import { inject, type Component, type InjectionKey } from 'vue'

/**
 * What another feature adds to the pages of objects of some kinds. The composition root
 * (src/app) provides the list, so that no feature imports another:
 * `app.provide(objectExtensions, [...])`.
 */
export interface ObjectExtension {
  /** Unique; of a tab also its value in the address. */
  id: string
  /** Resource keys of the kinds that it is for, such as "nodes". */
  resources: readonly string[]
  /** tab: a tab of its own; section: a card on the overview; action: buttons in the header. */
  place: 'tab' | 'section' | 'action'
  /** i18n key of the title; needed for tabs. */
  title?: string
  /** Lower ones stand first. Own tabs: overview 0, pods 10, logs 20, shell 30, rollout 40, events 50, yaml 90. */
  order: number
  /** Called before the page is drawn, for instance to fetch the feature's texts. */
  prepare?: () => Promise<unknown>
  /** Gets the props { detail: ObjectDetail }; drawn lazily. */
  component: Component
}

export const objectExtensions: InjectionKey<readonly ObjectExtension[]> = Symbol('object extensions')

/** The extensions for one kind, in order. */
export function useObjectExtensions(): (resource: string) => ObjectExtension[] {
  const all = inject(objectExtensions, [])
  return (resource) => all.filter((each) => each.resources.includes(resource)).sort((a, b) => a.order - b.order)
}
