import type { RouteRecordRaw } from 'vue-router'
import type { MessageSource } from '../i18n'
import type { IconName } from '../ui/icons'

/** The groups of the navigation, in their order. */
export const SECTIONS = ['overview', 'resources', 'platform', 'govern'] as const
export type Section = (typeof SECTIONS)[number]

/** One door of the navigation. */
export interface NavEntry {
  /** Id of the door; its text is app.nav.<door>. */
  door: string
  /** Where it stands; shown only to users whose session opens this section, */
  section: Section
  /** or this part instead of the section. */
  needs?: string
  /** Lower ones stand first within the section. */
  order: number
  icon: IconName
  /** Name of the route; the present cluster and namespaces are added where it takes them. */
  route: string
  params?: Record<string, string>
  /** Stands in the bottom bar on a phone. */
  primary?: boolean
}

/** What a folder under src/feature offers to the shell; index.ts exports it as default. */
export interface Feature {
  /** The folder's name, and the namespace of its texts. */
  name: string
  messages: MessageSource['load']
  routes: RouteRecordRaw[]
  nav?: NavEntry[]
}

export function defineFeature(feature: Feature): Feature {
  return feature
}

declare module 'vue-router' {
  interface RouteMeta {
    /** i18n key of the document's title; pages with an object in the title use usePageTitle. */
    title?: string
    /** Shown without a session, outside the shell. */
    public?: boolean
    /** Shown outside the shell though signed in. */
    bare?: boolean
    /** The page's door; users who may not open it see "forbidden" instead of the page. */
    door?: string
    /** Feature whose texts the page needs; the shell fills it in. */
    feature?: string
  }
}
