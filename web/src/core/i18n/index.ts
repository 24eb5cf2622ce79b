export { addMessages, i18n, setLocale, startLocale, useText } from './i18n'
export { useStatusText } from './status'
export { LOCALES } from './locale'
export { defineMessages, type MessageSource } from './messages'
